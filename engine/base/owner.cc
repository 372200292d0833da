#include "engine/base/owner.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>
#include <vector>

#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::size_t kRoomForEntry = std::size_t{16} << 10U;
constexpr std::size_t kMaxShown = 80;

}  // namespace

std::string user_name(uid_t user) {
  std::vector<char> room(kRoomForEntry);
  struct passwd entry {};
  struct passwd* found = nullptr;
  const int error = ::getpwuid_r(user, &entry, room.data(), room.size(), &found);
  return error == 0 && found != nullptr ? sanitize_line(found->pw_name, kMaxShown)
                                        : "user " + std::to_string(user);
}

std::string group_name(gid_t group) {
  std::vector<char> room(kRoomForEntry);
  struct group entry {};
  struct group* found = nullptr;
  const int error = ::getgrgid_r(group, &entry, room.data(), room.size(), &found);
  return error == 0 && found != nullptr ? sanitize_line(found->gr_name, kMaxShown)
                                        : std::to_string(group);
}

bool is_ours(const struct stat& status) {
  return status.st_uid == ::geteuid();
}

bool group_or_others_can_write(const struct stat& status) {
  return (status.st_mode & (S_IWGRP | S_IWOTH)) != 0;
}

bool everybody_can_write(const struct stat& status) {
  return (status.st_mode & S_IWOTH) != 0;
}

}  // namespace engine
