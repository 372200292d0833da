#include "engine/rollout_history.h"

#include <chrono>
#include <utility>

#include "engine/base/environment_directories.h"
#include "engine/config/active_rwenv.h"
#include "engine/config/configured_remote.h"
#include "engine/flux/repository.h"
#include "engine/replacement.h"
#include "engine/target_history.h"
#include "engine/text/moment.h"

namespace engine {
namespace {

std::optional<std::string> text_of(const std::optional<PastValue>& value) {
  return value ? std::optional(value->text()) : std::nullopt;
}

RolloutHistoryEntry entry_of(ValueChange change) {
  RolloutHistoryEntry entry;
  entry.tag = text_of(change.value);
  entry.previous_tag = text_of(change.previous);
  entry.pr_number = entry.tag ? pull_request_of(*entry.tag) : std::nullopt;
  entry.commit = change.commit.text();
  entry.author = std::move(change.by.author);
  entry.committed_at = in_utc(Moment(std::chrono::seconds(change.by.time)));
  entry.message = std::move(change.message);
  return entry;
}

}  // namespace

Result<RolloutHistory> rollout_history(const Host& host, const RolloutHistoryRequest& request,
                                       const CallContext& call) {
  RETURN_IF_FAILED(check_directories(host.environment));
  call.report("reading the configuration");
  auto configured = find_configured_rwenv(host, request.project, call);
  RETURN_IF_FAILED(configured);
  auto remote = configured_remote(host, configured->active.config_directory, configured->rwenv);
  RETURN_IF_FAILED(remote);
  auto target = find_history_target(host, *configured, request.service);
  RETURN_IF_FAILED(target);
  auto repository = FluxRepository::open(host, *remote, call);
  RETURN_IF_FAILED(repository);
  auto history = read_target_history(*repository, host, *remote, *target, request.limit, call);
  RETURN_IF_FAILED(history);
  RolloutHistory result{.service = request.service,
                        .rwenv = std::move(configured->active.name),
                        .image_group = target->label(),
                        .file = target->file.text(),
                        .image_name = std::move(target->place.image_name),
                        .flux_repo = remote->url.shown(),
                        .branch = std::move(history->branch),
                        .entries = {},
                        .stopped = std::move(history->stopped),
                        .warnings = std::move(configured->active.warnings)};
  result.warnings.insert(result.warnings.end(), target->warnings.begin(), target->warnings.end());
  for (ValueChange& change : history->changes) {
    result.entries.push_back(entry_of(std::move(change)));
  }
  // Changes are listed back from the head without a gap, so the newest made what is there.
  if (!result.entries.empty()) {
    result.entries.front().current = true;
  }
  return result;
}

}  // namespace engine
