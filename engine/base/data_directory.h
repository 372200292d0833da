// Where what this program makes is kept: clones, their locks, regenerated catalogs. That is the
// rwenv configuration directory itself (specification, section 2), unless it is one that a team
// shares: there every user has a place of their own. Looks at the file system, writes nothing; for
// any thread.
#pragma once

#include <filesystem>
#include <string_view>

#include "engine/base/host.h"

namespace engine {

// `config_directory`, or ~/.claude/rwenv/shared/<its path> where that directory belongs to another
// user or cannot be written: git refuses to work in a repository of another owner, and two users
// cannot hold one lock. The default directory, ~/.claude/rwenv, is never taken for a shared one.
std::filesystem::path data_directory(const Host& host,
                                     const std::filesystem::path& config_directory);

// <state directory>/flux-repos/<rwenv>: the clone's place.
std::filesystem::path clone_path(const Host& host, const std::filesystem::path& config_directory,
                                 std::string_view rwenv);

// <state directory>/flux-infra-guide/<rwenv>/services.json: where a regenerated catalog is written.
std::filesystem::path catalog_path(const Host& host, const std::filesystem::path& config_directory,
                                   std::string_view rwenv);

}  // namespace engine
