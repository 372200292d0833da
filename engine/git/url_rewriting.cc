#include "engine/git/url_rewriting.h"

namespace engine {

UrlRewriting::UrlRewriting(const std::vector<std::pair<std::string, std::string>>& entries) {
  constexpr std::string_view kSection = "url.";
  constexpr std::string_view kInsteadOf = ".insteadof";
  constexpr std::string_view kPushInsteadOf = ".pushinsteadof";
  for (const auto& [key, value] : entries) {
    const bool for_push = key.ends_with(kPushInsteadOf);
    const std::string_view end = for_push ? kPushInsteadOf : kInsteadOf;
    if (!key.starts_with(kSection) || !key.ends_with(end) ||
        key.size() < kSection.size() + end.size()) {
      continue;
    }
    (for_push ? push_instead_of_ : instead_of_)
        .push_back({value, key.substr(kSection.size(), key.size() - kSection.size() - end.size())});
  }
}

// The longest prefix wins, and of two that are equal the first.
std::optional<std::string> UrlRewriting::apply(const std::vector<Rule>& rules,
                                               std::string_view url) {
  const Rule* best = nullptr;
  for (const Rule& rule : rules) {
    if (url.starts_with(rule.prefix) &&
        (best == nullptr || rule.prefix.size() > best->prefix.size())) {
      best = &rule;
    }
  }
  if (best == nullptr) {
    return std::nullopt;
  }
  return best->base + std::string(url.substr(best->prefix.size()));
}

std::string UrlRewriting::rewritten(std::string_view url) const {
  return apply(instead_of_, url).value_or(std::string(url));
}

std::string UrlRewriting::for_push(std::string_view url) const {
  return apply(push_instead_of_, url).value_or(std::string(url));
}

}  // namespace engine
