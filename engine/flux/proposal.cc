#include "engine/flux/proposal.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/text/ascii.h"
#include "engine/text/hash.h"
#include "engine/text/join.h"

namespace engine {
namespace {

constexpr std::string_view kPrefix = "rollout/";
constexpr std::size_t kMaxName = 60;
constexpr std::size_t kMaxOneGroup = 63;  // as in a catalog that regenerate makes

bool is_accepted(char c) {
  return is_alphanumeric(c) || std::string_view("._-+").find(c) != std::string_view::npos;
}

// Without what git refuses: other characters, "..", a dot at either end, ".lock".
std::string accepted(std::string name) {
  std::ranges::replace_if(
      name, [](char c) { return !is_accepted(c); }, '-');
  for (std::size_t i = 0; i < name.size(); ++i) {
    const bool at_end = i == 0 || i + 1 == name.size();
    if (name[i] == '.' && (at_end || name[i + 1] == '.')) {
      name[i] = '-';
    }
  }
  constexpr std::string_view kLock = ".lock";
  if (name.ends_with(kLock)) {
    name[name.size() - kLock.size()] = '-';
  }
  return name;
}

}  // namespace

std::string proposal_branch(std::span<const std::string> groups) {
  const std::string wanted = joined(groups, "+");
  std::string name = accepted(wanted);
  const bool is_long = name.size() > (groups.size() == 1 ? kMaxOneGroup : kMaxName);
  if (is_long || name.empty() || name != wanted) {
    name = accepted(name.substr(0, kMaxName)) + "-" + hash_of(wanted);
  }
  return std::string(kPrefix) + name;
}

std::string proposal_topic(const ProposalTarget& target) {
  std::string topic = target.branch;
  std::ranges::replace(topic, '/', '-');
  return topic;
}

}  // namespace engine
