#include "engine/flux/clone.h"

#include <system_error>
#include <utility>

#include "engine/base/file_error.h"
#include "engine/flux/clone_directory.h"
#include "engine/flux/clone_lock.h"
#include "engine/git/advice.h"
#include "engine/git/configuration.h"
#include "engine/git/damage.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// What is wrong with the clone there, once others have let go of it and what died is cleared up.
Result<std::optional<std::string>> look_at_place(const Host& host, const FluxRemote& remote,
                                                 const CloneSession& session,
                                                 const CallContext& call) {
  RETURN_IF_FAILED(refuse_symbolic_links(remote.clone));
  remove_leftovers(remote.clone);
  RETURN_IF_FAILED(refuse_what_others_own(remote.clone));
  RETURN_IF_FAILED(clear_stale_locks(remote.clone, host.clock, call));
  return defect_of_clone(host, remote, session, call);
}

Result<void> remove_new_clone(const std::filesystem::path& clone) {
  if (auto refused = refuse_symbolic_links(clone); !refused) {
    return refused;
  }
  std::error_code error;
  std::filesystem::remove_all(clone, error);
  return error ? Failure(file_error("remove", clone, error)) : Result<void>();
}

}  // namespace

FluxClone::FluxClone(const Host& host, FluxRemote remote, GitCommands commands, FileLock lock,
                     std::unique_ptr<CloneSession> session)
    : host_(&host),
      remote_(std::move(remote)),
      commands_(std::move(commands)),
      lock_(std::move(lock)),
      session_(std::move(session)) {}

Result<FluxClone> FluxClone::open(const Host& host, FluxRemote remote, const CallContext& call) {
  remote.clone = (host.working_directory / remote.clone).lexically_normal();
  auto lock = lock_clone(host, remote.clone, call);
  RETURN_IF_FAILED(lock);
  auto session = std::make_unique<CloneSession>(remote.clone);
  auto defect = look_at_place(host, remote, *session, call);
  RETURN_IF_FAILED(defect);
  GitCommands unset(host.environment, remote.tls, remote.clone, std::nullopt);
  FluxClone clone(host, std::move(remote), std::move(unset), std::move(*lock), std::move(session));
  if (*defect) {
    call.report("making a clone in " + clone.remote_.clone.string() + ": " + **defect);
    RETURN_IF_FAILED(clone.replace());
  } else if (auto closed = make_private(clone.remote_.clone); !closed) {
    return failure_of(closed);
  }
  clone.is_new_ = defect->has_value();
  clone.identity_ = CloneIdentity::of(clone.remote_.clone);
  // Not before there is a clone: git may include settings for that repository alone.
  auto ssh =
      read_ssh_configuration(host, clone.remote_.tls, clone.remote_.url, clone.remote_.clone, call);
  RETURN_IF_FAILED(ssh);
  clone.commands_ = GitCommands(host.environment, clone.remote_.tls, clone.remote_.clone, *ssh);
  clone.fetch_route_ = fetch_route(host.environment, *ssh, clone.remote_.url);
  clone.push_route_ = push_route(host.environment, *ssh, clone.remote_.url);
  return clone;
}

Result<void> FluxClone::replace() {
  session_->close();
  if (!replaced_) {
    auto aside = ReplacedClone::set_aside(remote_.clone);
    RETURN_IF_FAILED(aside);
    replaced_ = std::move(*aside);
  } else if (auto removed = remove_new_clone(remote_.clone); !removed) {
    return removed;
  }
  auto made = make_clone(remote_.clone, remote_.url);
  identity_ = CloneIdentity::of(remote_.clone);
  return made;
}

void FluxClone::keep() {
  if (replaced_) {
    replaced_->drop();
    replaced_.reset();
  }
}

bool FluxClone::is_broken(const std::stop_token& stop) const {
  const auto end = clock().now() + limit();
  const auto go_on = [&] { return !stop.stop_requested() && clock().now() < end; };
  return expect_in_place() && find_damage(remote_.clone, go_on).has_value();
}

Result<GitObjectStore> FluxClone::objects() const {
  RETURN_IF_FAILED(expect_in_place());
  return GitObjectStore::of(session_->repository(), remote_.clone);
}

Result<void> FluxClone::set_default_branch(const std::string& branch) const {
  return follow_branch(*session_, branch);
}

std::string FluxClone::followed_branch() const {
  return engine::followed_branch(*session_);
}

std::chrono::milliseconds FluxClone::limit() const {
  return host_->time_limit;
}

std::string FluxClone::shown_url() const {
  return remote_.url.shown();
}

ProcessResult FluxClone::run(const Command& command, const std::stop_token& stop,
                             std::chrono::milliseconds limit) const {
  if (const auto there = expect_in_place(); !there) {
    return {.kind = ProcessResult::Kind::failed, .err = there.error().message};
  }
  ProcessResult completion = host_->runner.run(command, stop, limit);
  redirections_->note(completion.err);
  return completion;
}

ProcessResult FluxClone::run_told(const Command& command, int in, const CommandRunner::Reader& read,
                                  const std::stop_token& stop,
                                  std::chrono::milliseconds limit) const {
  if (const auto there = expect_in_place(); !there) {
    return {.kind = ProcessResult::Kind::failed, .err = there.error().message};
  }
  ProcessResult completion = host_->runner.run_told(command, in, read, stop, limit);
  redirections_->note(completion.err);
  return completion;
}

ProcessResult FluxClone::run_asking(const Command& command, const std::stop_token& stop,
                                    std::chrono::milliseconds limit) const {
  const auto start = [&](const Command& started) { return run(started, stop, limit); };
  return run_over(fetch_route_, command, Repeat::always, start, stop);
}

ProcessResult FluxClone::run_pushing(const Command& command,
                                     const std::function<void()>& starts) const {
  const auto start = [&](const Command& started) {
    if (starts) {
      starts();
    }
    return run(started, {});
  };
  return run_over(push_route_, command, Repeat::if_nothing_was_sent, start, {});
}

void FluxClone::release_connections() const {
  for (const auto* route : {&fetch_route_, &push_route_}) {
    if (*route && host_->ssh_connections != nullptr) {
      host_->ssh_connections->release((*route)->destination);
    }
  }
}

ProcessResult FluxClone::run_over(const std::optional<SshRoute>& route, const Command& command,
                                  Repeat repeat, const SshConnections::RunCommand& start,
                                  const std::stop_token& stop) const {
  return route && host_->ssh_connections != nullptr
             ? host_->ssh_connections->run(*route, command, repeat, start, stop)
             : start(command);
}

Error FluxClone::failure(const ProcessResult& completion, std::string_view doing) const {
  if (completion.kind == ProcessResult::Kind::failed) {
    if (auto there = expect_in_place(); !there) {
      return there.error();
    }
  }
  const GitStep step{std::string(doing), remote_.url, remote_.clone, remote_.tls, limit()};
  Error error = git_failure(completion, step);
  // Of some files git does not say why it could not write them.
  if (error.code == Code::internal && says_it_could_not_write(completion) &&
      has_no_space(remote_.clone)) {
    error.code = Code::disk_full;
    error.hint = advice_for_full_disk(step);
  }
  if (error.code == Code::disk_full && is_full_disk_of_remote(completion, step)) {
    error.code = Code::rejected;
    error.hint = "The remote's disk is full: ask the administrator of that host to make room.";
  }
  return error;
}

}  // namespace engine
