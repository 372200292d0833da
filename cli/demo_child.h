// A child process of the demo with pipes to its stdin and from its stdout: git while the sandbox is
// made, and the server under the client's hands. Belongs to one thread, but for terminate().
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"
#include "locking/mutex.h"

namespace cli {

using Variables = std::map<std::string, std::string, std::less<>>;

struct DemoCommand {
  std::filesystem::path program;       // a file
  std::vector<std::string> arguments;  // without the program's name
  Variables environment;               // all of it
  std::filesystem::path errors;        // stderr is appended to this file
};

class DemoChild {
 public:
  DemoChild() = default;
  ~DemoChild();  // ends it if it still runs
  DemoChild(const DemoChild&) = delete;
  DemoChild& operator=(const DemoChild&) = delete;

  // Once.
  engine::Result<void> start(const DemoCommand& command);
  // False if nobody reads.
  bool write(std::string_view text);
  void end_of_input();
  // Without its newline; nothing at the end.
  std::optional<std::string> read_line();
  std::string read_all();
  // Waits; its exit status, or 128 and the signal that ended it; -1 if that cannot be learnt.
  int wait();
  // SIGTERM, if it runs. From any thread.
  void terminate();

 private:
  bool fill();

  engine::UniqueFd in_;   // we write
  engine::UniqueFd out_;  // we read
  std::string buffer_;
  locking::Mutex mutex_;
  pid_t child_ GUARDED_BY(mutex_) = -1;  // so that no foreign process is ever signalled
};

}  // namespace cli
