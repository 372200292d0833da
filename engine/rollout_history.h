// What a service's image has been set to, by whom and when (specification, section 3,
// `rollout_history`): the history of the value in the Flux repository. Changes nothing there.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/config/project.h"

namespace engine {

struct RolloutHistoryRequest {
  static constexpr std::size_t kMaxLimit = 50;

  ProjectRequest project;
  std::string service;
  std::size_t limit = 10;  // of entries, 1 to kMaxLimit
};

// A commit that changed the value.
struct RolloutHistoryEntry {
  std::optional<std::string> tag;           // nothing: the commit took the value away
  std::optional<std::string> previous_tag;  // nothing: there was none
  std::optional<PrNumber> pr_number;        // of a tag of the form pr-<number>-...
  std::string commit;
  std::string author;
  std::string committed_at;  // as in_utc()
  std::string message;       // the first line
  bool current = false;      // it gave the value that is there now
};

struct RolloutHistory {
  std::string service;
  std::string rwenv;
  std::string image_group;
  std::string file;
  std::string image_name;
  std::string flux_repo;  // as it may be shown
  std::string branch;
  std::vector<RolloutHistoryEntry> entries;  // newest first
  // Where and why older entries were not looked for; nothing where there are as many as were asked
  // for, or no more.
  std::optional<std::string> stopped;
  std::vector<std::string> warnings;
};

// Fetches the remote's head, and more of the history as far as it is needed. Fails as a rollout of
// the service does up to the point where it has read the file, but for what only writing needs.
Result<RolloutHistory> rollout_history(const Host& host, const RolloutHistoryRequest& request,
                                       const CallContext& call = {});

}  // namespace engine
