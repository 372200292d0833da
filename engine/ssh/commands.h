// The commands of ssh that the engine starts itself, each with its arguments fixed here (see
// engine/process/command.h), and git commands whose ssh uses a kept connection. None of ours opens
// a connection: that is git's ssh. Pure functions, for any thread.
#pragma once

#include <filesystem>
#include <string>

#include "engine/process/command.h"
#include "engine/ssh/destination.h"

namespace engine {

class SshCommands {
 public:
  // Prints what ssh's configuration says about a destination, as read from `file` and from what
  // that includes.
  static Command configuration(const std::filesystem::path& file,
                               const SshDestination& destination);
  // Asks the master behind a socket whether it is there.
  static Command check(const std::filesystem::path& socket);
  // Asks it to end, with all that goes through it.
  static Command exit(const std::filesystem::path& socket);
  // The same git command, whose ssh is `ssh`, a command line of a shell.
  static Command with_ssh(const Command& git, const std::string& ssh);
};

}  // namespace engine
