// A question to the user that is answered by yes or no (`elicitation/create`).
#pragma once

#include <string>
#include <string_view>

#include "engine/replacement.h"
#include "json/json.h"
#include "mcp/features.h"

namespace tools {

// Asks as the client's era does, so it must come before anything is changed: see mcp::Context::ask.
// `key` names the answer, and `subject` what it is bound to. Anything but a yes is a no; if the
// client cannot ask or did not answer, that is nobody_to_ask.
engine::Consent ask_consent(mcp::Context& context, std::string key, OrderedJson question,
                            std::string_view subject);

// The parts of ask_consent(): the question, with one field that has a title, and what an answer to
// it means.
OrderedJson confirmation(std::string message, std::string title);
bool is_consent(const Json& answer);

}  // namespace tools
