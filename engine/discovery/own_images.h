// Which images are the team's own, so that a rollout of them makes sense: redis is never a service
// to roll out. Those that begin with one of the rwenv's `imagePrefixes`, or, where there are none,
// those whose tag has the form of a rollout's somewhere in the repository. Immutable, for any
// thread.
#pragma once

#include <functional>
#include <initializer_list>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/manifest/tree.h"

namespace engine {

class OwnImages {
 public:
  OwnImages(const ManifestTree& tree, std::vector<std::string> prefixes);

  bool has_prefixes() const { return !prefixes_.empty(); }
  // Whether an image of that name, without tag and digest, is the team's own.
  bool is_own(std::string_view name) const;
  // Whether an image that has these names, some of which may be empty, may be offered where its
  // entry says by itself that it is to be set: always, unless there are prefixes.
  bool may_offer(std::initializer_list<std::string_view> names) const;

 private:
  std::vector<std::string> prefixes_;
  std::set<std::string, std::less<>> rolled_out_;
};

// Those of the prefixes with which the name of no image in the tree begins, wherever it stands.
std::vector<std::string> prefixes_without_images(const ManifestTree& tree,
                                                 const std::vector<std::string>& prefixes);

// The names of the image of a helm tag: its repository, alone and with the registry beside it.
std::vector<std::string> names_of(const HelmTag& tag);

}  // namespace engine
