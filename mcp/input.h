// The answers of clients to what a server asks them: are they of the shape that the method
// prescribes?
#pragma once

#include "json/json.h"
#include "mcp/features.h"

namespace mcp {

// `incomplete`: an accepted form that lacks a required field, which can be asked for again.
enum class AnswerCheck { good, wrong, incomplete };

AnswerCheck check_answer(const InputRequest& request, const Json& answer);

}  // namespace mcp
