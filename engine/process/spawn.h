// Starts a child process, portably and without fork: the part of engine/process/process_runner.cc
// that deals with posix_spawn.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "engine/base/unique_fd.h"

namespace engine {

struct Pipe {
  UniqueFd read;
  UniqueFd write;
};

// A pipe whose ends are closed in child processes, stand above stderr and, where asked, do not
// block the reader. Returns 0 or errno.
int make_pipe(Pipe& pipe, bool nonblocking_read);

// The program's file, looked for in the absolute directories of `path` (a PATH; nothing means the
// system's default).
std::optional<std::filesystem::path> find_program(const std::string& program,
                                                  const std::optional<std::string>& path);

struct SpawnRequest {
  std::filesystem::path file;
  std::vector<std::string> arguments;  // with the program's name first
  std::map<std::string, std::string, std::less<>> environment;
  std::filesystem::path directory;  // empty: the current one
  int out = -1;
  int err = -1;
};

// Starts the child in a session and process group of its own (its id is the child's), with stdin
// from /dev/null, no signal blocked and the usual ones at their default. Returns 0 or errno.
int spawn(const SpawnRequest& request, pid_t& child);

}  // namespace engine
