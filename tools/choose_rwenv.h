// Which rwenv a project is to be set to (specification, section 3): the user is asked where the
// client can ask. Everything here asks, so it must come before anything is changed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/project.h"
#include "engine/config/rwenv_list.h"
#include "json/json.h"
#include "mcp/features.h"

namespace tools {

// The name that the user chose for the project: `bad_argument` if none was, also where the client
// failed to ask, `cancelled` if the question was dismissed, `unknown_rwenv` where there is none to
// choose.
engine::Result<std::string> choose_rwenv(const engine::Host& host,
                                         const engine::ProjectRequest& project,
                                         mcp::Context& context);

// For a call that writes and whose project is set to no rwenv: asks which, by the same question,
// and lets the engine take the answer for this call (ProjectRequest::rwenv_if_none). `no_rwenv` if
// nobody chose. Does nothing for a project that is set to one, and for one that cannot be read,
// which the engine refuses.
engine::Result<void> choose_rwenv_if_none(const engine::Host& host, engine::ProjectRequest& project,
                                          mcp::Context& context);

// Sets the project to what was chosen, once the call has ended; what to tell a person about that,
// as one sentence. Nothing if nothing was chosen.
std::optional<std::string> keep_chosen_rwenv(const engine::Host& host,
                                             const engine::ProjectRequest& project);

// `result` of a call during which an rwenv may have been chosen for the project: keeps the choice,
// and says so in its warnings, or in the hint of a refusal. A call that was cancelled changes
// nothing.
template <class T>
engine::Result<T> with_chosen_rwenv(const engine::Host& host, const engine::ProjectRequest& project,
                                    engine::Result<T> result) {
  if (!result && result.error().code == engine::Code::cancelled) {
    return result;
  }
  if (const auto said = keep_chosen_rwenv(host, project); said && result) {
    result->warnings.push_back(*said);
  } else if (said) {
    std::string& hint = result.error().hint;
    hint += (hint.empty() ? "" : "\n") + *said;
  }
  return result;
}

// The parts of choose_rwenv(): the question, and what an answer to it means.
OrderedJson rwenv_choice(const engine::RwenvList& list, const std::string& message);
engine::Result<std::string> read_rwenv_choice(const engine::RwenvList& list, const Json& answer);

// The refusal of a call without a name, which lists them.
engine::Error rwenv_missing(const engine::RwenvList& list);

}  // namespace tools
