// Writes files below a directory whose content another person wrote: no symbolic link is followed
// on the way or written through, and only a regular file is replaced. For any thread; of several
// writers of a file the last one wins.
#pragma once

#include <filesystem>
#include <string_view>

#include <sys/types.h>

#include "engine/base/file_below.h"
#include "engine/base/unique_fd.h"

namespace engine {

// Opens the directory `name` in the open one, and makes it with `mode`, whatever the umask, where
// there is none. The fault's `kind` is as for open_directory_below().
FileResult<UniqueFd> make_directory_below(int directory, std::string_view name, mode_t mode);

// Makes the file `name` in the open directory have these bytes: a new file beside it takes its
// place, with its mode, or with `mode`, whatever the umask, where there is none yet. A reader sees
// the old bytes or the new ones. A fault is that of a link, of what is no regular file, or the
// system's.
FileResult<void> write_below(int directory, std::string_view name, std::string_view bytes,
                             mode_t mode);

// Locks a directory for as long as the result is open; waits for others, in this process or
// another, who have locked it. It is not locked if the file system cannot do that, in which case
// nobody can, or if this user cannot list it.
[[nodiscard]] UniqueFd lock_directory(const std::filesystem::path& directory);

}  // namespace engine
