#include "engine/applied_groups.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "engine/cluster_look.h"
#include "engine/manifest/edit.h"

namespace engine {
namespace {

constexpr const char* kFluxNamespace = "flux-system";
// Each is a process.
constexpr std::size_t kMaxKustomizations = 16;
// Comparisons of commits for all groups together, each as long as the history between them.
constexpr std::size_t kMaxCompared = 20'000;

std::string key_of(const StatusGroup& group) {
  return group.kustomization_namespace.value_or(kFluxNamespace) + "/" +
         group.kustomization.value_or("");
}

class AppliedGroups {
 public:
  AppliedGroups(const CommitId& head, FluxRepository& repository, const CallContext& call)
      : head_(head), repository_(repository), call_(call) {}

  // Whether the revision has the group's value from the commit that set it on; nothing where that
  // cannot be told.
  std::optional<bool> find(const StatusGroup& group, const CommitId& revision) {
    if (revision == head_) {
      return true;
    }
    const auto setter = group.status.commit ? CommitId::parse(*group.status.commit) : std::nullopt;
    switch (lineage(revision, setter.value_or(head_))) {
      case Lineage::contains:
        return has_value(group, revision);
      case Lineage::before:
        return setter ? std::optional(false) : std::nullopt;
      case Lineage::apart:
      case Lineage::unknown:
        break;
    }
    return std::nullopt;
  }

 private:
  Lineage lineage(const CommitId& revision, const CommitId& commit) {
    const auto [found, is_new] =
        lineages_.try_emplace({revision.text(), commit.text()}, Lineage::unknown);
    if (is_new) {
      found->second = repository_.known_lineage(revision, commit, [&] {
        return !call_.stop.stop_requested() && compared_++ < kMaxCompared;
      });
    }
    return found->second;
  }

  std::optional<bool> has_value(const StatusGroup& group, const CommitId& revision) const {
    const auto there = repository_.read_file(revision, *group.file);
    const auto here = repository_.read_file(head_, *group.file);
    if (!there || !here) {
      return std::nullopt;
    }
    if (*there == *here) {
      return true;
    }
    const auto image = read_placed_image(group.file->text(), *there, group.location, call_.stop);
    return image ? std::optional(image->tag == group.status.tag) : std::nullopt;
  }

  const CommitId& head_;
  FluxRepository& repository_;
  const CallContext& call_;
  std::map<std::pair<std::string, std::string>, Lineage> lineages_;
  std::size_t compared_ = 0;
};

}  // namespace

std::vector<std::string> note_applied(std::vector<StatusGroup>& groups, const CommitId& head,
                                      FluxRepository& repository, const Cluster& cluster,
                                      const CallContext& call) {
  std::vector<std::string> problems;
  ClusterLook look(cluster, call);
  AppliedGroups applied(head, repository, call);
  std::set<std::string> asked;
  bool is_cut = false;
  for (StatusGroup& group : groups) {
    if (!group.status.tag || !group.kustomization || !problems.empty()) {
      continue;
    }
    const std::string key = key_of(group);
    if (!asked.contains(key) && asked.size() >= kMaxKustomizations) {
      is_cut = true;
      continue;
    }
    asked.insert(key);
    const auto seen = look.kustomization(group.kustomization_namespace.value_or(kFluxNamespace),
                                         *group.kustomization);
    if (!seen.answer) {
      problems.push_back("What is applied is not known: " + seen.problem);
      continue;
    }
    const auto& there = *seen.answer;
    if (there && there->applied && there->applied->commit) {
      group.status.applied = applied.find(group, *there->applied->commit);
    }
  }
  if (is_cut) {
    problems.push_back("The cluster was asked about the first " +
                       std::to_string(kMaxKustomizations) +
                       " Kustomizations only; ask about one service to know of others.");
  }
  return problems;
}

}  // namespace engine
