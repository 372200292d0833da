// Connections over ssh that are kept, so that git commands to one destination share one
// (specification, section 6.2). The first command's ssh opens it and leaves a process behind, the
// master, which further ones reach by a socket; it ends with this object, or five minutes after its
// last use. What the user has configured comes first: see SharingTerms. A connection that turns out
// to be gone costs one more try and is never why a command fails.
//
// Thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "engine/base/host.h"
#include "engine/process/runner.h"
#include "engine/ssh/destination.h"
#include "engine/ssh/route.h"
#include "engine/ssh/sharing_terms.h"
#include "engine/ssh/socket_directory.h"
#include "locking/mutex.h"

namespace engine {

// Whether a git command may be run again after a kept connection broke under it.
enum class Repeat { always, if_nothing_was_sent };
// Whether connections are kept for what the process may be asked later, as a server is.
enum class Keep { for_later, while_needed };

class SshConnections {
 public:
  // `runner` and `clock` must outlive this. Starts nothing and writes nothing before run().
  SshConnections(CommandRunner& runner, Clock& clock, const Environment& environment,
                 Keep keep = Keep::for_later);
  SshConnections(const SshConnections&) = delete;
  SshConnections& operator=(const SshConnections&) = delete;
  // Ends all masters and removes their directory; takes about a second at most.
  ~SshConnections();

  using RunCommand = std::function<ProcessResult(const Command& command)>;
  // Runs a git command that reaches its remote by `route`, over a kept connection where that can
  // be: `start` runs the command that it is given, and may be called twice. What ssh says about the
  // connection's sharing is left out of the result.
  ProcessResult run(const SshRoute& route, const Command& command, Repeat repeat,
                    const RunCommand& start, const std::stop_token& stop);

  // No further command is expected for `destination`. If connections are kept only while needed,
  // its master is asked to end as soon as no command uses it; this does not wait for that. A
  // command that comes nevertheless opens another connection.
  void release(const SshDestination& destination);

 private:
  // What is known of one destination.
  struct Kept {
    bool is_being_asked = false;
    std::optional<Clock::TimePoint> asked;
    std::optional<SharingTerms> terms;  // nothing: its connections are not shared
    // Of its socket, and of no other destination's: two that ssh's configuration leads to one host
    // may log in with different keys. Another one when a master is given up; 0 before the first.
    int number = 0;
    int being_checked = 0;  // the number of a master that is asked whether it is there
    int answered = 0;       // of the last one that has said so
    int openings = 0;       // that have ended
    bool is_being_opened = false;
    int users = 0;  // commands that use it now
    bool is_released = false;
  };
  // A command's use of a connection.
  struct Use {
    std::filesystem::path socket;
    std::string options;
    int number = 0;
    bool opens = false;   // it makes the connection
    bool is_new = false;  // another one has made it a moment ago
  };

  // Of masters that were asked to end, by socket.
  using Endings = std::map<std::filesystem::path, std::future<void>>;

  std::optional<Use> begin(const SshDestination& destination, const std::stop_token& stop);
  void end(const SshDestination& destination, const Use& use, bool is_unusable);
  void leave(const SshDestination& destination);
  std::optional<SharingTerms> find_terms(const SshDestination& destination,
                                         const std::stop_token& stop);
  std::optional<SharingTerms> ask(const std::filesystem::path& directory,
                                  const SshDestination& destination,
                                  const std::stop_token& stop) noexcept;
  std::optional<Use> reserve(const SshDestination& destination, const SharingTerms& terms,
                             const std::stop_token& stop);
  bool is_opened_by_another(const std::filesystem::path& socket, const Kept& kept,
                            const std::stop_token& stop) REQUIRES(mutex_);
  bool answers(const SshDestination& destination, const Use& use, const std::stop_token& stop);
  bool check(const std::filesystem::path& socket, const std::stop_token& stop) noexcept;
  bool has_directory() REQUIRES(mutex_);
  void end_abandoned();
  void end_if_unused(Kept& kept) REQUIRES(mutex_);
  void end_master(const std::filesystem::path& socket) noexcept;
  void end_masters(const SocketDirectory& directory, const Endings& asked) noexcept;

  CommandRunner& runner_;
  Clock& clock_;
  const Environment environment_;
  const Keep keep_;
  locking::Mutex mutex_;
  locking::Condition changed_;
  std::map<SshDestination, Kept> kept_ GUARDED_BY(mutex_);
  int last_number_ GUARDED_BY(mutex_) = 0;
  std::optional<SocketDirectory> directory_ GUARDED_BY(mutex_);
  std::future<void> tidying_ GUARDED_BY(mutex_);  // of what other processes have left
  Endings endings_ GUARDED_BY(mutex_);
};

}  // namespace engine
