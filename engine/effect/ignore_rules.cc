#include "engine/effect/ignore_rules.h"

#include <algorithm>
#include <vector>

#include "engine/text/split.h"

namespace engine {
namespace {

// More than a person writes; the rest is not looked at.
constexpr std::size_t kMaxRules = 2000;
constexpr std::size_t kMaxPattern = 512;

using Parts = std::vector<std::string_view>;

// One character of a pattern against one of a name: a class in brackets, an escape, "?" or itself.
// `size` is that of what was read. A class that is not closed matches nothing.
bool matches_one(std::string_view pattern, char c, std::size_t& size) {
  size = 1;
  if (pattern[0] == '?') {
    return true;
  }
  if (pattern[0] == '\\' && pattern.size() > 1) {
    size = 2;
    return pattern[1] == c;
  }
  if (pattern[0] != '[') {
    return pattern[0] == c;
  }
  const bool negated = pattern.size() > 1 && pattern[1] == '^';
  std::size_t at = negated ? 2 : 1;
  bool found = false;
  for (bool first = true; at < pattern.size() && (first || pattern[at] != ']'); first = false) {
    at += pattern[at] == '\\' && at + 1 < pattern.size() ? 1 : 0;
    const char low = pattern[at++];
    char high = low;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      high = pattern[at + 1];
      at += 2;
    }
    found = found || (low <= c && c <= high);
  }
  size = std::min(at + 1, pattern.size());
  return at < pattern.size() && found != negated;
}

// Goes back to the last "*" only, so the time is at most that of the pattern times the name.
bool matches_name(std::string_view pattern, std::string_view name) {
  std::size_t p = 0;
  std::size_t n = 0;
  std::size_t star = std::string_view::npos;
  std::size_t resumed = 0;
  while (n < name.size()) {
    std::size_t size = 0;
    if (p < pattern.size() && pattern[p] == '*') {
      star = ++p;
      resumed = n;
    } else if (p < pattern.size() && matches_one(pattern.substr(p), name[n], size)) {
      p += size;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star;
      n = ++resumed;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

// Whether a path, or a directory above it, is named by a pattern with slashes.
bool matches_path(const Parts& pattern, const Parts& path, bool directories_only) {
  // All positions in the path where the pattern so far may end.
  std::vector<bool> ends(path.size() + 1);
  ends[0] = true;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    std::vector<bool> next(path.size() + 1);
    const bool any_depth = pattern[i] == "**";
    for (std::size_t at = 0; at <= path.size(); ++at) {
      if (any_depth) {
        next[at] = ends[at] || (at > 0 && next[at - 1]);
      } else if (at > 0) {
        next[at] = ends[at - 1] && matches_name(pattern[i], path[at - 1]);
      }
    }
    ends = std::move(next);
  }
  const std::size_t last = path.size() - (directories_only ? 1 : 0);
  for (std::size_t at = 1; at <= last; ++at) {
    if (ends[at]) {
      return true;
    }
  }
  return false;
}

bool matches(std::string_view pattern, const Parts& path) {
  const bool directories_only = pattern.ends_with('/');
  if (directories_only) {
    pattern.remove_suffix(1);
  }
  if (pattern.empty()) {
    return false;
  }
  if (pattern.find('/') != std::string_view::npos) {
    pattern.remove_prefix(pattern.starts_with('/') ? 1 : 0);
    return matches_path(split(pattern, '/'), path, directories_only);
  }
  // Without a slash it is a name at any depth.
  const auto end = path.end() - (directories_only ? 1 : 0);
  return std::any_of(path.begin(), end,
                     [&](std::string_view name) { return matches_name(pattern, name); });
}

}  // namespace

bool are_too_many_rules(std::string_view rules) {
  std::size_t lines = 0;
  while (!rules.empty()) {
    const auto end = std::min(rules.find('\n'), rules.size());
    const std::string_view line = rules.substr(0, end);
    if (++lines > kMaxRules || (line.size() > kMaxPattern && !line.starts_with('#'))) {
      return true;
    }
    rules.remove_prefix(std::min(end + 1, rules.size()));
  }
  return false;
}

std::optional<IgnoreMatch> match_ignore_rules(std::string_view rules, std::string_view directory,
                                              std::string_view path) {
  const Parts parts = split(
      directory.empty() ? path : path.substr(std::min(directory.size() + 1, path.size())), '/');
  std::optional<IgnoreMatch> decided;
  for (std::size_t line = 1; !rules.empty() && line <= kMaxRules; ++line) {
    const auto end = std::min(rules.find('\n'), rules.size());
    std::string_view pattern = rules.substr(0, end);
    rules.remove_prefix(std::min(end + 1, rules.size()));
    while (pattern.ends_with('\r') || (pattern.ends_with(' ') && !pattern.ends_with("\\ "))) {
      pattern.remove_suffix(1);
    }
    if (pattern.empty() || pattern.starts_with('#') || pattern.size() > kMaxPattern) {
      continue;
    }
    const bool takes_back = pattern.starts_with('!');
    if (matches(pattern.substr(takes_back ? 1 : 0), parts)) {
      decided = IgnoreMatch{!takes_back, std::string(pattern), line};
    }
  }
  return decided;
}

}  // namespace engine
