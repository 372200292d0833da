#include "engine/flux/lineage.h"

#include "engine/flux/deepening.h"

namespace engine {

FoundLineage find_lineage(const FluxClone& clone, const std::string& branch, const CommitId& commit,
                          const CommitId& other, const CallContext& call) {
  FoundLineage found;
  const auto fetched = deepen_until(
      clone, branch,
      [&](const GitObjectStore& objects, const std::function<bool()>& go_on) {
        found.lineage = objects.lineage(commit, other, go_on);
        return found.lineage != Lineage::unknown;
      },
      call);
  if (!fetched) {
    found.problem = fetched.error().message;
  }
  return found;
}

Result<Divergence> find_divergence(const FluxClone& clone, const std::string& branch,
                                   const CommitId& commit, const CommitId& other,
                                   const CallContext& call) {
  Divergence found;
  RETURN_IF_FAILED(deepen_until(
      clone, branch,
      [&](const GitObjectStore& objects, const std::function<bool()>& go_on) {
        found = objects.divergence(commit, other, go_on);
        return found.known;
      },
      call));
  return found;
}

}  // namespace engine
