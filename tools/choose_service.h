// Which service is meant when a rollout names none (specification, section 3): the user is asked
// where the client can ask, by a choice of the project's services or of the catalog's; else the
// refusal lists them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/catalog.h"
#include "engine/config/project.h"
#include "json/json.h"
#include "mcp/features.h"

namespace tools {

// What there is to choose from.
struct ServiceChoice {
  std::shared_ptr<const engine::Catalog> catalog;
  std::vector<std::string>
      of_project;  // the project's services, if the catalog says which they are

  // In the catalog's order: the project's, or all that there are.
  const std::vector<std::string>& names() const {
    return of_project.empty() ? catalog->service_names() : of_project;
  }
  // Whether the project has just one service, so that nobody needs to be asked.
  bool is_settled() const { return of_project.size() == 1; }
};

// The project's services, or all of the catalog where it does not say which are the project's.
// Fails as engine::project_services() does.
engine::Result<ServiceChoice> find_service_choice(const engine::Host& host,
                                                  const engine::ProjectRequest& project,
                                                  std::shared_ptr<const engine::Catalog> catalog,
                                                  const engine::CallContext& call);

// The project's one service, or the one that the user chose: `bad_argument` if none was, also where
// the client failed to ask, `cancelled` if the question was dismissed. Asks, so it must come before
// anything is changed.
engine::Result<std::string> choose_service(const engine::Host& host,
                                           const engine::ProjectRequest& project,
                                           mcp::Context& context);

// The refusal that lists the services.
engine::Error service_missing(const ServiceChoice& choice);

// The parts of choose_service(): the question, and what an answer to it means.
OrderedJson service_question(const ServiceChoice& choice);
engine::Result<std::string> read_service_answer(const ServiceChoice& choice, const Json& answer);

}  // namespace tools
