// Which service is meant when a rollout names none (specification, section 3): the user is asked
// where the client can ask, by a choice of the catalog's services; else the refusal lists them.
#pragma once

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

// The service that the user chose: `bad_argument` if none was, also where the client failed to ask,
// `cancelled` if the question was dismissed. Asks, so it must come before anything is changed.
engine::Result<std::string> choose_service(const engine::Host& host,
                                           const engine::ProjectRequest& project,
                                           mcp::Context& context);

// The refusal that lists the services.
engine::Error service_missing(const engine::Catalog& catalog);

// The parts of choose_service(): the question, and what an answer to it means.
OrderedJson service_question(const engine::Catalog& catalog);
engine::Result<std::string> read_service_answer(const engine::Catalog& catalog, const Json& answer);

}  // namespace tools
