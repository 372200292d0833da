#include "engine/former_tags.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>

#include "engine/config/active_rwenv.h"
#include "engine/config/configured_remote.h"
#include "engine/git/handles.h"
#include "engine/git/object_store.h"
#include "engine/manifest/edit.h"
#include "engine/target_history.h"

namespace engine {
namespace {

constexpr std::chrono::milliseconds kPatience{300};
constexpr std::size_t kMaxChanges = 100;

// Of the branch that the clone follows, as it was fetched last. The clone has a HEAD of the
// remote's where that branch is neither configured nor `main`.
std::optional<CommitId> known_head(const FluxRemote& remote) {
  const GitRepository repository = open_clone(remote.clone);
  const std::string prefix = "refs/remotes/origin/";
  for (const std::string& branch : {remote.branch.value_or("HEAD"), std::string("main")}) {
    git_oid id;
    const std::string ref = prefix + branch;
    if (repository && git_reference_name_to_id(&id, repository.get(), ref.c_str()) == 0) {
      return CommitId::parse(hex_of(id));
    }
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> former_tags(const Host& host, const ProjectRequest& project,
                                     const std::string& service, const CallContext& call) {
  const auto end = host.clock.now() + kPatience;
  const auto configured = find_configured_rwenv(host, project, call);
  const auto remote =
      configured ? configured_remote(host, configured->active.config_directory, configured->rwenv)
                 : Result<FluxRemote>(Failure(configured.error()));
  const auto target = remote ? find_history_target(host, *configured, service)
                             : Result<RolloutTarget>(Failure(remote.error()));
  const auto head = target ? known_head(*remote) : std::nullopt;
  const auto objects = head ? std::optional(GitObjectStore::open(remote->clone)) : std::nullopt;
  std::vector<std::string> tags;
  if (!objects || !*objects) {
    return tags;
  }
  const ReadValue read = [&](std::string_view bytes) {
    return read_image_tag(target->file.text(), bytes, target->place, call.stop)
        .value_or(std::nullopt);
  };
  const std::function<bool()> go_on = [&] {
    return !call.stop.stop_requested() && host.clock.now() < end;
  };
  const PastValues found = (*objects)->past_values(
      *head, {.path = target->file, .read = read, .limit = kMaxChanges, .go_on = go_on});
  for (const ValueChange& change : found.changes) {
    if (change.previous && change.previous != found.value &&
        std::ranges::find(tags, change.previous->text()) == tags.end()) {
      tags.push_back(change.previous->text());
    }
  }
  return tags;
}

}  // namespace engine
