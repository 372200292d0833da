// The directory of a Flux repository's clone and the means to run git in it (CONTRACT section 6,
// "clean state"): locked against other rollouts, never reached through a symbolic link, and either
// sound or replaced. Knows nothing of what is done with it. Belongs to one thread.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

#include "engine/file_lock.h"
#include "engine/flux_repository.h"
#include "engine/git_commands.h"
#include "engine/git_failure.h"
#include "engine/git_object_store.h"
#include "engine/runner.h"

namespace engine {

class FluxClone {
 public:
  // Takes the lock, removes lock files that a dead git left behind, and makes the clone anew unless
  // it is a sound one of the remote's URL. A new clone has nothing fetched yet. `host` must outlive
  // the result.
  static Result<FluxClone> open(const Host& host, FluxRemote remote, const Call& call);

  // Whether open() has made it.
  bool is_new() const { return is_new_; }

  // Removes the clone and makes it anew, with nothing fetched.
  Result<void> replace();

  // Makes `branch` the one that a plain `git fetch` and `git pull` of a person bring here.
  Result<void> follow(const std::string& branch) const;
  // The branch followed; `main` in a new clone.
  std::string followed_branch() const;

  const FluxRemote& remote() const { return remote_; }
  const GitCommands& commands() const { return commands_; }
  Clock& clock() const { return host_->clock; }
  // The time limit of one command.
  std::chrono::milliseconds limit() const;
  // The remote's URL as it may be shown.
  std::string shown_url() const;
  Result<GitObjectStore> objects() const { return GitObjectStore::open(remote_.clone); }
  Completion run(const Command& command, const std::stop_token& stop,
                 std::chrono::milliseconds limit = {}) const;
  // The error for a git command that failed; `doing` precedes the URL ("fetch from").
  Error failure(const Completion& completion, std::string_view doing) const;

 private:
  FluxClone(const Host& host, FluxRemote remote, GitCommands commands, FileLock lock);

  const Host* host_;
  FluxRemote remote_;
  GitCommands commands_;
  FileLock lock_;
  bool is_new_ = false;
};

}  // namespace engine
