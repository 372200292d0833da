// Places that are in a Flux repository and make no image group, and why: of another's image,
// outside of what is looked at, or where a tag would change nothing.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/discovery/image_group.h"

namespace engine {

class LeftOut {
 public:
  LeftOut() = default;
  // `not_offered`: in any order, and some perhaps twice. As many as the repository has containers,
  // so they have no nodes and no reasons of their own.
  explicit LeftOut(std::vector<GroupPlace> not_offered) : not_offered_(std::move(not_offered)) {
    std::sort(not_offered_.begin(), not_offered_.end());
  }

  void add(const GroupPlace& place, std::string reason) { reasons_[place] = std::move(reason); }

  // Nothing for a place that is not left out.
  std::optional<std::string> reason_of(const GroupPlace& place) const {
    if (const auto found = reasons_.find(place); found != reasons_.end()) {
      return found->second;
    }
    return std::binary_search(not_offered_.begin(), not_offered_.end(), place)
               ? std::optional<std::string>("its image is no longer one that is offered")
               : std::nullopt;
  }

 private:
  std::vector<GroupPlace> not_offered_;
  std::map<GroupPlace, std::string> reasons_;
};

}  // namespace engine
