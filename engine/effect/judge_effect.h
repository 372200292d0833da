// Whether a change of an image's tag will reach a cluster, determined from the few files that the
// catalog names for the image group, as they are in the commit that the change is made on
// (specification, section 3.2). What is not proven is not said: a false alarm is worse than none.
// For one thread.
#pragma once

#include <string>

#include "engine/effect/effect.h"
#include "engine/effect/head_files.h"
#include "engine/git/remote_url.h"
#include "engine/manifest/edit.h"
#include "engine/manifest/tag_location.h"
#include "engine/wiring/recorded_wiring.h"

namespace engine {

// The change, and where it is made.
struct ChangeInQuestion {
  const std::string& file;
  const TagLocation& place;
  const ManifestEdit& edit;
  const RecordedWiring& wiring;  // that of the group
  const RemoteUrl& repository;
  const std::string& branch;  // to which the change is pushed
};

// Reads from `head` what it needs; a file that is not there or cannot be read proves nothing.
Effect judge_effect(const ChangeInQuestion& change, HeadFiles& head);

}  // namespace engine
