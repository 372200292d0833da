// Whether places of image groups can be rolled out, tried with the editor on a commit of the Flux
// repository. Refers to what it is made of. For one thread.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/discovery/catalog_builder.h"
#include "engine/flux/repository.h"

namespace engine {

class PlaceTrial {
 public:
  PlaceTrial(const FluxRepository& repository, CommitId commit, std::stop_token stop)
      : repository_(repository), commit_(std::move(commit)), stop_(std::move(stop)) {}

  // Why each place of a file would be refused; nothing where it would not, and where nobody can
  // tell. A large file is not searched for all of many places: `untried` is said of the rest. Reads
  // the file once. Once `stop` was requested the answer may only be dropped.
  std::vector<std::optional<std::string>> refusals(const std::string& file,
                                                   const std::vector<GroupPlace>& places,
                                                   const std::optional<std::string>& untried) const;

 private:
  const FluxRepository& repository_;
  CommitId commit_;
  std::stop_token stop_;
};

// Why image groups of the old catalog cannot be rolled out any more. Each file is read once, for
// all groups that name it.
class DefectCheck {
 public:
  DefectCheck(const PlaceTrial& trial, const KnownNames& known);

  // Nothing if the group could be rolled out, and where nobody can tell.
  std::optional<std::string> defect_of(const GroupPlace& place);

 private:
  const PlaceTrial& trial_;
  std::map<std::string, std::vector<GroupPlace>> places_;  // by file, as long as it is not read
  std::map<GroupPlace, std::string> defects_;
};

}  // namespace engine
