#include "engine/flux_clone.h"

#include <system_error>
#include <utility>

#include "engine/clone_directory.h"
#include "engine/file_error.h"
#include "engine/git_configuration.h"
#include "engine/text.h"
#include "engine/time_limit.h"

namespace engine {
FluxClone::FluxClone(const Host& host, FluxRemote remote, GitCommands commands, FileLock lock)
    : host_(&host),
      remote_(std::move(remote)),
      commands_(std::move(commands)),
      lock_(std::move(lock)) {}

Result<FluxClone> FluxClone::open(const Host& host, FluxRemote remote, const Call& call) {
  remote.clone = (host.working_directory / remote.clone).lexically_normal();
  const std::filesystem::path directory = remote.clone.parent_path();
  const std::string rwenv = remote.clone.filename().string();
  if (auto refused = refuse_symbolic_links(remote.clone); !refused) {
    return failure_of(refused);
  }
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) {
    return Failure(file_error("create the directory", directory, error));
  }
  auto lock = FileLock::acquire(directory / ("." + rwenv + ".lock"),
                                "waiting for another rollout to " + rwenv,
                                time_limit_or_default(host.environment), host.clock, call);
  if (!lock) {
    return failure_of(lock);
  }
  if (auto cleared = clear_stale_locks(remote.clone, host.clock, call); !cleared) {
    return failure_of(cleared);
  }
  const auto defect = defect_of_clone(remote.clone, remote.url);
  if (defect) {
    call.report("making a clone in " + remote.clone.string() + ": " + *defect);
    if (auto made = make_clone(remote.clone, remote.url); !made) {
      return failure_of(made);
    }
  }
  // Not before there is a clone: git may include settings for that repository alone.
  auto ssh = read_ssh_configuration(host, remote.type, remote.url, remote.clone, call);
  if (!ssh) {
    return failure_of(ssh);
  }
  GitCommands commands(host.environment, remote.type, remote.clone, *ssh);
  FluxClone clone(host, std::move(remote), std::move(commands), std::move(*lock));
  clone.is_new_ = defect.has_value();
  return clone;
}

Result<void> FluxClone::replace() {
  return make_clone(remote_.clone, remote_.url);
}

Result<void> FluxClone::follow(const std::string& branch) const {
  return follow_branch(remote_.clone, branch);
}

std::string FluxClone::followed_branch() const {
  return engine::followed_branch(remote_.clone);
}

std::chrono::milliseconds FluxClone::limit() const {
  return time_limit_or_default(host_->environment);
}

std::string FluxClone::shown_url() const {
  return without_userinfo(remote_.url);
}

Completion FluxClone::run(const Command& command, const std::stop_token& stop,
                          std::chrono::milliseconds limit) const {
  return host_->runner.run(command, stop, limit);
}

Error FluxClone::failure(const Completion& completion, std::string_view doing) const {
  const GitStep step{std::string(doing), remote_.url, remote_.clone, remote_.type, limit()};
  Error error = git_failure(completion, step);
  // Of some files git does not say why it could not write them.
  if (error.code == Code::internal && says_it_could_not_write(completion) &&
      has_no_space(remote_.clone)) {
    error.code = Code::disk_full;
    error.hint = advice_for_full_disk(step);
  }
  return error;
}

}  // namespace engine
