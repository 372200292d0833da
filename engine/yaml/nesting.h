// What is looked for in a YAML text before a parser sees it: parsers take time or stack that grows
// faster than the text where it nests, and one of them takes time that grows so with its
// directives. One pass without memory of its own beyond the limit. Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace engine {

// Collections nested deeper are not parsed, neither for an edit nor for the catalog.
inline constexpr std::size_t kMaxYamlDepth = 64;
inline constexpr const char* kNestedTooDeep = "nested more than 64 levels deep";
// Lines that begin with "%" before one document; YAML knows two directives.
inline constexpr std::size_t kMaxYamlDirectives = 64;

struct YamlExcess {
  std::size_t offset = 0;
  std::string what;
};

// Where the text first goes over a limit. Quotes, comments, plain text and block scalars do not
// count. Exact for what is YAML; a text that is none may be passed, and is then for the parser to
// refuse, whose events are counted again.
std::optional<YamlExcess> find_excess(std::string_view bytes);

}  // namespace engine
