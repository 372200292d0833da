// Whether a client's answers have the shape that their methods prescribe, and what is in them. Pure
// functions.
#pragma once

#include <vector>

#include "json/json.h"
#include "mcp/features.h"

namespace mcp {

// Is a client's answer of the shape that the method prescribes? `incomplete`: it lacks a required
// field, which can be asked for again.
enum class AnswerCheck { good, wrong, incomplete };
AnswerCheck check_answer(const InputRequest& request, const Json& answer);

// The roots of a good answer to `roots/list`, which may be none.
std::vector<Root> roots_in(const Json& answer);

}  // namespace mcp
