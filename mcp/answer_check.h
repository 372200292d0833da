// Whether a client's answer has the shape that its method prescribes. A pure function.
#pragma once

#include "json/json.h"
#include "mcp/features.h"

namespace mcp {

// Is a client's answer of the shape that the method prescribes? `incomplete`: it lacks a required
// field, which can be asked for again.
enum class AnswerCheck { good, wrong, incomplete };
AnswerCheck check_answer(const InputRequest& request, const Json& answer);

}  // namespace mcp
