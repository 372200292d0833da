// What a YAML text may have at most. Its author may be a stranger, and without these limits parsers
// take stack, memory or time that grows faster than the text. They hold for whatever is read,
// for an edit as for the catalog. Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace engine {

// Collections nested deeper are not read.
inline constexpr std::size_t kMaxYamlDepth = 64;
// Lines that begin with "%" before one document; YAML knows two directives.
inline constexpr std::size_t kMaxYamlDirectives = 64;
// Bytes of a tag. A prefix that `%TAG` defines can be long, and is repeated by every use.
inline constexpr std::size_t kMaxYamlTagBytes = 1024;
// More values than the aliases of any manifest stand for. Kustomize and Flux refuse such files,
// too.
inline constexpr std::uint64_t kMaxAliasedValues = 1'000'000;

// The offset of the first directive beyond kMaxYamlDirectives; nothing where there is none. libyaml
// compares each with all before it, and gives out none before it has read all. Lines that follow
// each other and begin with "%" count where they are no directives but a text, too.
std::optional<std::size_t> find_excess_directive(std::string_view bytes);

}  // namespace engine
