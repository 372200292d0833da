// Starts a child process, portably and without fork. All that the program starts is started here.
#pragma once

#include <csignal>
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

// A pipe whose ends are closed in child processes and stand above stderr. Returns 0 or errno.
int make_pipe(Pipe& pipe);

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

// waitid() of one child, with its options, again if a signal interrupts it. With WNOWAIT the child
// stays to be reaped: until then its id, which may also be its group's, belongs to no other
// process. Returns nothing if there is no such child, or no more.
std::optional<siginfo_t> wait_for(pid_t child, int options);

}  // namespace engine
