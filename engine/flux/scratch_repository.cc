#include "engine/flux/scratch_repository.h"

#include <cerrno>
#include <cstdlib>
#include <new>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "engine/base/environment_directories.h"
#include "engine/base/file_error.h"
#include "engine/flux/clone_directory.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

}  // namespace

ScratchRepository::ScratchRepository(fs::path directory) : directory_(std::move(directory)) {}

ScratchRepository::ScratchRepository(ScratchRepository&& other) noexcept
    : directory_(std::exchange(other.directory_, {})) {}

ScratchRepository& ScratchRepository::operator=(ScratchRepository&& other) noexcept {
  if (this != &other) {
    remove();
    directory_ = std::exchange(other.directory_, {});
  }
  return *this;
}

ScratchRepository::~ScratchRepository() {
  remove();
}

void ScratchRepository::remove() noexcept {
  if (!directory_.empty()) {
    try {
      std::error_code error;
      fs::remove_all(directory_, error);
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): it stays in TMPDIR
    }
  }
}

Result<ScratchRepository> ScratchRepository::make(const Environment& environment,
                                                  const RemoteUrl& url) {
  const fs::path parent = temporary_directory(environment);
  std::string name = (parent / "rollout-mcp-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return Failure(file_error("make a temporary directory in", parent, errno));
  }
  ScratchRepository scratch{fs::path(name)};
  RETURN_IF_FAILED(make_clone(scratch.path(), url));
  return scratch;
}

}  // namespace engine
