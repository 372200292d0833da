// Fields of a configuration file that are nearly one that has a meaning. Fields of other programs
// are ignored, but a known one that is misspelt is not: what it says would have no effect. Pure
// functions, for any thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/config/config_file.h"

namespace engine {

// What counts as a known field misspelt. `any`: what differs from it only in case, in `_` and `-`,
// and by at most one letter that is added, missing, another, or in its neighbour's place; and its
// plural or singular. `no_other_word`: the same, but neither a plural or singular nor another word
// that is a letter away (`patch` from `path`), for objects in which people keep fields of their
// own.
enum class Misspelling { any, no_other_word };

// The one of `known` that `key` is meant to be; nothing for the exact name of one, and for what is
// like none of them.
std::optional<std::string_view> meant_field(std::string_view key,
                                            std::span<const std::string_view> known,
                                            Misspelling misspelling);

// Refuses the first of `keys`, the members of the object at `pointer` in `config`, that is one of
// `known` misspelt: `bad_config`, naming both spellings, with the place. One of `sections` counts
// only where the right one is not among the keys.
Result<void> refuse_misspelt(const ConfigFile& config, const std::string& pointer,
                             const std::vector<std::string>& keys,
                             std::span<const std::string_view> known, Misspelling misspelling,
                             std::span<const std::string_view> sections = {});

// The names of an object's members; none for another value.
std::vector<std::string> keys_of(const Json& object);

}  // namespace engine
