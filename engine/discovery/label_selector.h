// A selector of Kubernetes for labels or annotations, such as `app=papi,tier in (a, b),!old`. Pure
// functions, for any thread.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

class LabelSelector {
 public:
  // The value of a label; nothing for one that is not there.
  using Labels = std::function<std::optional<std::string_view>(std::string_view key)>;

  // Nothing where the text is no selector, or far too long a one. An empty one selects everything.
  static std::optional<LabelSelector> parse(std::string_view text);

  bool selects(const Labels& labels) const;

 private:
  // Without values: whether the label is there.
  struct Requirement {
    std::string key;
    std::vector<std::string> values;
    bool negated = false;
  };
  static std::optional<Requirement> parse_requirement(std::string_view text);

  std::vector<Requirement> requirements_;
};

}  // namespace engine
