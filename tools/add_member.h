// A member of a result's object.
#pragma once

#include <optional>
#include <string>

#include "json/json.h"
#include "tools/render.h"

namespace tools {

// A value from outside, fit to be shown; no member for one that is unknown.
inline void add_member(OrderedJson& object, const char* key,
                       const std::optional<std::string>& value) {
  if (value) {
    object[key] = sanitize_line(*value);
  }
}

}  // namespace tools
