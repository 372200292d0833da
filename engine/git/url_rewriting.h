// How the user's git configuration rewrites the addresses of remotes: url.<base>.insteadOf and
// url.<base>.pushInsteadOf. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine {

class UrlRewriting {
 public:
  UrlRewriting() = default;
  // `entries`: the configuration as parse_configuration() reads it; what is about other things is
  // passed over.
  explicit UrlRewriting(const std::vector<std::pair<std::string, std::string>>& entries);

  // What git contacts when it is given `url`.
  std::string rewritten(std::string_view url) const;
  // What git pushes to for a remote of this `url` without a `pushurl`, before rewritten().
  std::string for_push(std::string_view url) const;

 private:
  struct Rule {
    std::string prefix;
    std::string base;
  };
  static std::optional<std::string> apply(const std::vector<Rule>& rules, std::string_view url);

  std::vector<Rule> instead_of_;
  std::vector<Rule> push_instead_of_;
};

}  // namespace engine
