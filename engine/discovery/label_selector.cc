#include "engine/discovery/label_selector.h"

#include <algorithm>
#include <utility>

#include "engine/text/ascii.h"

namespace engine {
namespace {

// More than anybody writes.
constexpr std::size_t kMaxRequirements = 20;

bool is_key(std::string_view text) {
  return !text.empty() && text.find_first_of(" \t\r\n=!(),<>") == std::string_view::npos;
}

// The parts between the commas that stand outside of brackets.
std::vector<std::string_view> parts_of(std::string_view text) {
  std::vector<std::string_view> parts;
  bool inside = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    inside = text[i] == '(' || (inside && text[i] != ')');
    if (text[i] == ',' && !inside) {
      parts.push_back(trimmed(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(trimmed(text.substr(begin)));
  return parts;
}

}  // namespace

std::optional<LabelSelector> LabelSelector::parse(std::string_view text) {
  LabelSelector selector;
  if (trimmed(text).empty()) {
    return selector;
  }
  const std::vector<std::string_view> parts = parts_of(text);
  if (parts.size() > kMaxRequirements) {
    return std::nullopt;
  }
  for (const std::string_view part : parts) {
    auto requirement = parse_requirement(part);
    if (!requirement) {
      return std::nullopt;
    }
    selector.requirements_.push_back(std::move(*requirement));
  }
  return selector;
}

std::optional<LabelSelector::Requirement> LabelSelector::parse_requirement(std::string_view text) {
  Requirement out;
  if (const auto equals = text.find('='); equals != std::string_view::npos) {
    out.negated = equals > 0 && text[equals - 1] == '!';
    const std::size_t after = text.find_first_not_of('=', equals);
    const std::string_view key = trimmed(text.substr(0, equals - (out.negated ? 1 : 0)));
    const std::string_view value = trimmed(text.substr(std::min(after, text.size())));
    out.key = key;
    out.values.emplace_back(value);
    return is_key(key) && (value.empty() || is_key(value)) ? std::optional(std::move(out))
                                                           : std::nullopt;
  }
  if (const auto open = text.find('('); open != std::string_view::npos) {
    const std::string_view before = trimmed(text.substr(0, open));
    const auto space = before.find_last_of(" \t");
    const std::string_view word = before.substr(std::min(before.size(), space + 1));
    if (space == std::string_view::npos || !text.ends_with(')') ||
        (word != "in" && word != "notin")) {
      return std::nullopt;
    }
    out.negated = word == "notin";
    out.key = trimmed(before.substr(0, space));
    for (const std::string_view value : parts_of(text.substr(open + 1, text.size() - open - 2))) {
      out.values.emplace_back(value);
    }
    return is_key(out.key) ? std::optional(std::move(out)) : std::nullopt;
  }
  out.negated = text.starts_with('!');
  out.key = trimmed(text.substr(out.negated ? 1 : 0));
  return is_key(out.key) ? std::optional(std::move(out)) : std::nullopt;
}

bool LabelSelector::selects(const Labels& labels) const {
  return std::ranges::all_of(requirements_, [&](const Requirement& requirement) {
    const auto value = labels(requirement.key);
    const bool found =
        value && (requirement.values.empty() ||
                  std::ranges::find(requirement.values, *value) != requirement.values.end());
    return found != requirement.negated;
  });
}

}  // namespace engine
