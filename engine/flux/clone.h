// The directory of a Flux repository's clone and the means to run git in it: locked against other
// rollouts, never reached through a symbolic link, the user's alone, and either sound or replaced.
// Knows nothing of what is done with it. Belongs to one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/base/file_lock.h"
#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/flux/clone_session.h"
#include "engine/flux/clone_trust.h"
#include "engine/flux/replaced_clone.h"
#include "engine/flux/types.h"
#include "engine/git/commands.h"
#include "engine/git/failure.h"
#include "engine/git/object_store.h"
#include "engine/git/redirection.h"
#include "engine/process/runner.h"
#include "engine/ssh/connections.h"
#include "engine/ssh/route.h"

namespace engine {

class FluxClone {
 public:
  // Takes the lock, removes lock files that a dead git left behind, and makes a new clone unless
  // it is a sound one of the remote's URL that nobody else can write. A new clone has nothing
  // fetched yet. One that belongs to another user is refused (`bad_config`). `host` must outlive
  // the result.
  static Result<FluxClone> open(const Host& host, FluxRemote remote, const CallContext& call);

  // Whether open() has made it.
  bool is_new() const { return is_new_; }

  // Makes a new clone, with nothing fetched. What it replaces is renamed, and is put back when
  // this object ends without keep().
  Result<void> replace();
  // The new clone stands: what it replaced, if it did, is removed.
  void keep();

  // Refuses (`bad_config`) if something else than the clone that was opened stands at its place
  // now. run() and objects() look at that themselves; what writes there otherwise asks. For any
  // thread.
  Result<void> expect_in_place() const { return identity_.expect_at(remote_.clone); }

  // Whether the clone itself is broken, as its refs and objects show, whatever git or the remote
  // said. False where that was not found within the time limit and before `stop` was requested. For
  // any thread.
  bool is_broken(const std::stop_token& stop) const;

  // Makes `branch` the one that a plain `git fetch` and `git pull` of a person bring here.
  Result<void> set_default_branch(const std::string& branch) const;
  // The branch followed; `main` in a new clone.
  std::string followed_branch() const;

  const FluxRemote& remote() const { return remote_; }
  // What is open there. Who writes by it asks expect_in_place() before.
  const CloneSession& session() const { return *session_; }
  const GitCommands& commands() const { return commands_; }
  Clock& clock() const { return host_->clock; }
  // The time limit of one command.
  std::chrono::milliseconds limit() const;
  // The remote's URL as it may be shown.
  std::string shown_url() const;
  Result<GitObjectStore> objects() const;
  // Fails like a command that could not be started where the clone is not in its place any more;
  // failure() then says so. For any thread.
  ProcessResult run(const Command& command, const std::stop_token& stop,
                    std::chrono::milliseconds limit = {}) const;
  // The same for commands that bring something from the remote, or ask it; over ssh they share a
  // connection. Where that has died, they run twice.
  ProcessResult run_asking(const Command& command, const std::stop_token& stop,
                           std::chrono::milliseconds limit = {}) const;
  // The same for pushes, which run twice only if nothing was sent. Cannot be stopped. `starts`
  // (may be empty) is called when the command starts: it uses a connection, or opens it.
  ProcessResult run_pushing(const Command& command, const std::function<void()>& starts = {}) const;
  // Whether a push opens a connection that a fetch beside it can use, or may use one that is open.
  bool push_keeps_connection() const { return push_route_ && host_->ssh_connections != nullptr; }
  // No further command that reaches the remote is expected: SshConnections::release().
  void release_connections() const;
  // The same for a command that is told what to do while it runs: CommandRunner::run_told().
  ProcessResult run_told(const Command& command, int in, const CommandRunner::Reader& read,
                         const std::stop_token& stop, std::chrono::milliseconds limit) const;
  // The error for a git command that failed; `doing` precedes the URL ("fetch from").
  Error failure(const ProcessResult& completion, std::string_view doing) const;
  // Where the commands that were run so far have been redirected to by the remote.
  std::optional<std::string> redirected_to() const { return redirections_->last(); }

 private:
  FluxClone(const Host& host, FluxRemote remote, GitCommands commands, FileLock lock,
            std::unique_ptr<CloneSession> session);
  ProcessResult run_over(const std::optional<SshRoute>& route, const Command& command,
                         Repeat repeat, const SshConnections::RunCommand& start,
                         const std::stop_token& stop) const;

  const Host* host_;
  FluxRemote remote_;
  GitCommands commands_;
  std::optional<SshRoute> fetch_route_;
  std::optional<SshRoute> push_route_;
  FileLock lock_;
  std::unique_ptr<CloneSession> session_;
  std::optional<ReplacedClone> replaced_;  // is put back under the lock
  CloneIdentity identity_;
  std::unique_ptr<Redirections> redirections_ = std::make_unique<Redirections>();
  bool is_new_ = false;
};

}  // namespace engine
