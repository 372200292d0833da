// Brings a clone's work tree to the commit that was pushed.
#pragma once

#include <optional>
#include <vector>

#include "engine/flux/clone.h"
#include "engine/flux/work_tree.h"
#include "engine/flux/work_tree_update.h"

namespace engine {

class CloneWorkTree final : public WorkTreeUpdate {
 public:
  // `clone` must outlive this.
  explicit CloneWorkTree(const FluxClone& clone) : clone_(clone) {}

  void begin(const RemoteHead& base) override;
  std::optional<std::string> finish(const RemoteHead& base, const std::optional<CommitId>& commit,
                                    const std::vector<RepositoryPath>& files) override;

 private:
  const FluxClone& clone_;
  std::optional<WorkTreeScan> scan_;  // beside the first push
};

}  // namespace engine
