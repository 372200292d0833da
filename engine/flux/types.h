// What a rollout has to do with a Flux repository: its remote, a change, and what became of that.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/git/tls_verification.h"
#include "engine/manifest/edit.h"

namespace engine {

// The remote of a Flux repository, and where its clone is kept.
struct FluxRemote {
  std::string url;  // may hold userinfo
  TlsVerification tls = TlsVerification::on;
  std::filesystem::path clone;  // see engine/base/data_directory.h
};

// One edit of one file, to be made on whatever the remote's head is. `edit` may run several times.
struct Change {
  std::string file;
  std::function<Result<ManifestEdit>(std::string_view bytes)> edit;
  std::string message;  // of the commit
  bool dry_run = false;
};

// What became of a change.
struct PushedChange {
  bool changed = false;  // false: the remote had it already; no commit, no push
  std::string branch;
  CommitId head;                   // the remote's head that the change was made on
  std::optional<CommitId> commit;  // pushed; nothing if unchanged or a dry run
  std::optional<std::string> previous_tag;
  std::string diff;
  std::int64_t attempts = 0;
  std::vector<std::string>
      warnings;  // the remote's notices; another person changed the same entry meanwhile
};

}  // namespace engine
