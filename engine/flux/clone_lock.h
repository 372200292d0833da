// The lock of an rwenv, which is held while its clone or its catalog is written.
#pragma once

#include <filesystem>

#include "engine/base/file_lock.h"
#include "engine/base/host.h"
#include "engine/base/result.h"

namespace engine {

// Locks the place of the clone (clone_path()), whose directory is made where it is missing. As
// FileLock::acquire(); `bad_config` where the place is a symbolic link, or not the user's own.
Result<FileLock> lock_clone(const Host& host, const std::filesystem::path& clone,
                            const CallContext& call);

}  // namespace engine
