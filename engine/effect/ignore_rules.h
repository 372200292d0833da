// Which files a GitRepository leaves out: the patterns of `.sourceignore` files and of its `ignore`
// field, by the rules of .gitignore as Flux's source-controller applies them. It asks about each
// file by itself, so unlike git it can take back a file of a directory that is left out. Pure
// functions, for any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace engine {

// The pattern that decides about a file.
struct IgnoreMatch {
  bool ignored = false;  // false: the pattern takes the file back (`!`)
  std::string pattern;   // as written
  std::size_t line = 0;  // in the text of patterns, from 1
};

// Whether there are more rules than match_ignore_rules() reads, or one that is too long: then what
// it says is no proof.
bool are_too_many_rules(std::string_view rules);

// The last pattern of `rules` that matches the file, which is below `directory` ("" is the root)
// and given with its path from the root; nothing if none does. Takes time in proportion to the
// rules.
std::optional<IgnoreMatch> match_ignore_rules(std::string_view rules, std::string_view directory,
                                              std::string_view path);

}  // namespace engine
