// Starts a child process, portably and without fork. All that the program starts is started here.
#pragma once

#include <filesystem>
#include <map>
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

struct SpawnRequest {
  std::filesystem::path file;
  std::vector<std::string> arguments;  // with the program's name first
  std::map<std::string, std::string, std::less<>> environment;
  std::filesystem::path directory;  // empty: the current one
  // Its standard streams; -1 stands for /dev/null.
  int in = -1;
  int out = -1;
  int err = -1;
  // In a session and process group of its own (its id is the child's); else in ours, so that a
  // Ctrl-C reaches it, too.
  bool own_session = true;
};

// Starts the child, with no other descriptor of ours, no signal blocked and the usual ones at their
// default. Returns 0 or errno.
int spawn(const SpawnRequest& request, pid_t& child);

}  // namespace engine
