// What one Flux Kustomization does with a change. Internal to judge_effect(). For one thread.
#pragma once

#include <string>
#include <vector>

#include "engine/effect/head_files.h"
#include "engine/git/remote_url.h"
#include "engine/manifest/tag_location.h"
#include "engine/wiring/recorded_wiring.h"

namespace engine {

// A place of a tag, and where a change of it goes.
struct ChangedPlace {
  const std::string& file;
  const TagLocation& place;
  const RemoteUrl& repository;
  const std::string& branch;
};

struct Verdict {
  bool is_known = true;            // false: something of it could not be told
  std::vector<std::string> notes;  // why it does not apply the change; known and none: it does
};

Verdict judge_kustomization(const ChangedPlace& change, const RecordedKustomization& recorded,
                            HeadFiles& head);

}  // namespace engine
