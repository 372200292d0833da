#include "engine/flux/waiting_push.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "engine/base/beside.h"
#include "engine/base/write_all.h"

namespace engine {
namespace {

// `git push` runs it first.
bool has_hook(const std::filesystem::path& clone) {
  std::error_code error;
  const auto hook = std::filesystem::symlink_status(clone / ".git/hooks/pre-push", error);
  return hook.type() != std::filesystem::file_type::not_found;
}

ProcessResult none() {
  return {.kind = ProcessResult::Kind::failed, .err = "there is no remote helper for this push"};
}

}  // namespace

WaitingPush::WaitingPush(const FluxClone& clone, const std::string& branch)
    : clone_(clone), branch_(branch), answers_(branch) {
  if (make_pipe(told_) == 0 && write_all(told_.write.get(), kHelperGreeting) == 0) {
    outcome_ = std::async(kBeside, [this, stop = stop_.get_token()] {
      ProcessResult result = talk(stop);
      const locking::MutexLock lock(mutex_);
      has_ended_ = true;
      changed_.notify_all();
      return result;
    });
  }
}

WaitingPush::~WaitingPush() {
  stop_.request_stop();
  // Waiting for one that has not begun would run it.
  if (outcome_.valid() &&
      outcome_.wait_for(std::chrono::seconds(0)) != std::future_status::deferred) {
    outcome_.wait();
  }
}

ProcessResult WaitingPush::talk(const std::stop_token& stop) {
  const GitCommands& commands = clone_.commands();
  const ProcessResult settings = clone_.run(commands.push_configuration(), stop);
  const auto scheme = settings.ok()
                          ? helper_scheme(parse_configuration(settings.out), clone_.remote().url)
                          : std::optional<std::string>();
  if (!scheme || has_hook(clone_.remote().clone)) {
    return none();
  }
  // The push may take as long as any other, once it has been told.
  return clone_.run_told(
      commands.push_helper(*scheme), told_.read.get(),
      [this](std::string_view piece) { hear(piece); }, stop, clone_.limit() + kMaxIdle + kPatience);
}

void WaitingPush::hear(std::string_view piece) {
  const locking::MutexLock lock(mutex_);
  answers_.read(piece);
  if (answers_.has_listed() && !listed_) {
    listed_ = clone_.clock().now();
    changed_.notify_all();
  }
}

bool WaitingPush::is_ready_for(const CommitId& expected) {
  const locking::MutexLock lock(mutex_);
  changed_.wait_for(mutex_, kPatience, [this]() REQUIRES(mutex_) { return listed_ || has_ended_; });
  return listed_ && !has_ended_ && answers_.tip() == expected &&
         clone_.clock().now() - *listed_ <= kMaxIdle;
}

std::optional<ProcessResult> WaitingPush::push(const std::string& branch, const CommitId& commit,
                                               const CommitId& expected) {
  if (branch != branch_ || !outcome_.valid() ||
      outcome_.wait_for(std::chrono::seconds(0)) == std::future_status::deferred ||
      !is_ready_for(expected) || !clone_.expect_in_place() ||
      write_all(told_.write.get(), helper_push(branch, commit, expected)) != 0) {
    return std::nullopt;
  }
  ProcessResult completion = outcome_.get();
  const locking::MutexLock lock(mutex_);
  completion.out = porcelain_of(answers_.of_push(), branch, commit);
  // If the remote did not take the ref, `git push` ends with 1, and the helper with 128.
  if (completion.kind == ProcessResult::Kind::exited && completion.out.starts_with('!')) {
    completion.status = 1;
  }
  return completion;
}

}  // namespace engine
