// To whom a file belongs, and who else may write it. Looks at the file system; for any thread.
#pragma once

#include <string>

#include <sys/stat.h>
#include <sys/types.h>

namespace engine {

// The login name of a user and the name of a group; the number where the system knows none.
std::string user_name(uid_t user);
std::string group_name(gid_t group);

// Whether it belongs to the user that this process acts for.
bool is_ours(const struct stat& status);

// By the mode alone, whatever the directories above allow.
bool group_or_others_can_write(const struct stat& status);
bool everybody_can_write(const struct stat& status);

}  // namespace engine
