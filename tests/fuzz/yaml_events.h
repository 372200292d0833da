// A YAML stream as libyaml reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

struct YamlEvent {
  enum class Kind : std::uint8_t { scalar, alias, other };  // other: begin or end of something
  Kind kind = Kind::other;
  int type = 0;       // libyaml's
  std::string value;  // of a scalar
  std::string anchor;
  std::string tag;

  bool operator==(const YamlEvent&) const = default;
};

// Nothing if libyaml finds a fault.
std::optional<std::vector<YamlEvent>> read_events(std::string_view bytes);

}  // namespace fuzz
