// Reading of the cluster's objects, which others define: what is missing or of another type than it
// should be is as if it were not there. Pure functions, for any thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "json/json.h"

namespace engine {

// The keys on the way to a value: {"status", "artifact", "revision"}.
using FieldPath = std::initializer_list<std::string_view>;

// The value there; null if there is none.
const Json& field(const Json& object, FieldPath path);

// The text there, as it is; nothing for an empty one.
std::optional<std::string> text_field(const Json& object, FieldPath path);

// The number there; 0 for none, and for what is negative or no integer.
std::int64_t count_field(const Json& object, FieldPath path);

bool is_true(const Json& object, FieldPath path);

// The elements of the list there; of none where there is none. To be used in a loop.
const Json& list_field(const Json& object, FieldPath path);

// The condition of that type (`status.conditions`); null if there is none.
const Json& condition(const Json& object, std::string_view type);

// Whether what its status says is about the latest change: `status.observedGeneration` is
// `metadata.generation`, or later.
bool is_observed(const Json& object);

// The moment of a field, as the cluster writes it; nothing for what is none.
std::optional<std::string> moment_field(const Json& object, FieldPath path);

}  // namespace engine
