// A repository to try something in: empty, with a remote `origin`, in a directory of its own among
// the temporary ones, which is removed when the object is destroyed.
#pragma once

#include <filesystem>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/git/remote_url.h"

namespace engine {

class ScratchRepository {
 public:
  // In $TMPDIR, or in /tmp where that is not set or no absolute path: `internal`, `disk_full`.
  static Result<ScratchRepository> make(const Environment& environment, const RemoteUrl& url);
  ScratchRepository(ScratchRepository&& other) noexcept;
  ScratchRepository& operator=(ScratchRepository&& other) noexcept;
  ~ScratchRepository();

  // The work tree, which is all that there is of it besides `.git`.
  std::filesystem::path path() const { return directory_ / "repository"; }

 private:
  explicit ScratchRepository(std::filesystem::path directory);
  void remove() noexcept;

  std::filesystem::path directory_;  // empty once moved from
};

}  // namespace engine
