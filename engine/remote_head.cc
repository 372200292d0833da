#include "engine/remote_head.h"

#include <algorithm>
#include <cctype>

#include "engine/git_handles.h"
#include "engine/text.h"

namespace engine {
namespace {

constexpr std::string_view kMain = "main";

// Some servers do not serve a part of the history.
bool is_depth_refusal(const Completion& completion) {
  std::string text = completion.err;
  std::ranges::transform(text, text.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return completion.kind == Completion::Kind::exited &&
         (text.find("shallow") != std::string::npos || text.find("depth") != std::string::npos);
}

// Another git in the clone, the push of a rollout that was killed for instance, may hold a ref's
// lock for a moment.
Completion run_patiently(const FluxClone& clone, const Command& command,
                         const std::stop_token& stop) {
  constexpr int kMostWaits = 20;
  constexpr std::chrono::milliseconds kWait{100};
  Completion completion = clone.run(command, stop);
  for (int waits = 0; waits < kMostWaits && says_other_git_is_at_work(completion) &&
                      clone.clock().sleep(kWait, stop);
       ++waits) {
    completion = clone.run(command, stop);
  }
  return completion;
}

// A clone gets the newest commit only, once; afterwards what is new, so that a history that a
// person fetched is never cut.
Result<Completion> run_fetch(const FluxClone& clone, const std::string& branch,
                             const std::stop_token& stop) {
  auto objects = clone.objects();
  if (!objects) {
    return failure_of(objects);
  }
  const GitCommands& commands = clone.commands();
  if (objects->has_history()) {
    return run_patiently(clone, commands.fetch(branch, History::as_the_clone), stop);
  }
  Completion completion =
      run_patiently(clone, commands.fetch(branch, History::newest_commit), stop);
  if (!completion.ok() && is_depth_refusal(completion)) {
    completion = run_patiently(clone, commands.fetch(branch, History::as_the_clone), stop);
  }
  return completion;
}

Result<RemoteHead> read_head(const FluxClone& clone, const std::string& branch) {
  auto objects = clone.objects();
  if (!objects) {
    return failure_of(objects);
  }
  const auto commit = objects->read_ref(GitCommands::tracking_ref(branch));
  if (!commit) {
    return fail(Code::internal,
                "Git fetched " + branch + " of " + clone.shown_url() + ", but " +
                    GitCommands::tracking_ref(branch) + " in " + clone.remote().clone.string() +
                    " names no commit.",
                "Remove that directory; it is cloned anew.");
  }
  return RemoteHead{branch, *commit};
}

// Asks the remote for its branch.
Result<std::string> ask_branch(const FluxClone& clone, const Call& call) {
  call.report("asking " + clone.shown_url() + " for its branch");
  const Completion completion = clone.run(clone.commands().list_head(), call.stop);
  if (!completion.ok()) {
    return Failure(clone.failure(completion, "ask for the branches of"));
  }
  const auto branch = parse_remote_branch(completion.out);
  if (!branch) {
    return Failure(no_branch(clone.remote().url));
  }
  return *branch;
}

struct Attempt {
  Result<RemoteHead> head;
  bool clone_is_broken = false;
};

Attempt attempt_branch(FluxClone& clone, const std::string& branch, const Call& call) {
  call.report("fetching " + branch + " of " + clone.shown_url());
  auto completion = run_fetch(clone, branch, call.stop);
  if (!completion) {
    return {failure_of(completion), true};
  }
  if (!completion->ok()) {
    return {Failure(clone.failure(*completion, "fetch from")), says_clone_is_broken(*completion)};
  }
  auto head = read_head(clone, branch);
  const bool broken = !head;
  return {std::move(head), broken};
}

Attempt attempt_head(FluxClone& clone, const Call& call) {
  std::string branch = clone.followed_branch();
  if (branch == kMain) {
    Attempt attempt = attempt_branch(clone, branch, call);
    if (attempt.head || attempt.head.error().code != Code::branch_not_found) {
      return attempt;
    }
  }
  auto asked = ask_branch(clone, call);
  if (!asked) {
    return {failure_of(asked), false};
  }
  Attempt attempt = attempt_branch(clone, *asked, call);
  if (attempt.head && *asked != branch) {
    if (auto followed = clone.follow(*asked); !followed) {
      return {failure_of(followed), false};
    }
  }
  return attempt;
}

}  // namespace

Error no_branch(const std::string& url) {
  return {Code::branch_not_found,
          without_userinfo(url) +
              " has neither a branch `main` nor a HEAD that names a branch; it may be empty.",
          "Check fluxGitRepo in the rwenv config, and the remote's branches with `git ls-remote "
          "--symref <url>`."};
}

Result<RemoteHead> fetch_remote_head(FluxClone& clone, const Call& call) {
  Attempt attempt = attempt_head(clone, call);
  if (attempt.head || !attempt.clone_is_broken) {
    return std::move(attempt.head);
  }
  call.report("the clone is broken: making it anew");
  if (auto replaced = clone.replace(); !replaced) {
    return failure_of(replaced);
  }
  return attempt_head(clone, call).head;
}

Result<RemoteHead> fetch_branch(const FluxClone& clone, const std::string& branch,
                                const std::stop_token& stop) {
  auto completion = run_fetch(clone, branch, stop);
  if (!completion) {
    return failure_of(completion);
  }
  if (!completion->ok()) {
    return Failure(clone.failure(*completion, "fetch from"));
  }
  return read_head(clone, branch);
}

std::optional<std::string> parse_remote_branch(std::string_view output) {
  constexpr std::string_view kSymref = "ref: refs/heads/";
  constexpr std::string_view kHead = "\tHEAD";
  std::optional<std::string> head;
  while (!output.empty()) {
    const auto end = output.find('\n');
    const std::string_view line = output.substr(0, end);
    output.remove_prefix(end == std::string_view::npos ? output.size() : end + 1);
    if (line.ends_with("\t" + GitCommands::branch_ref(kMain))) {
      return std::string(kMain);
    }
    if (line.starts_with(kSymref) && line.ends_with(kHead)) {
      const auto length = line.size() - kSymref.size() - kHead.size();
      head = std::string(line.substr(kSymref.size(), length));
    }
  }
  start_libgit2();
  int valid = 0;
  if (!head || git_reference_name_is_valid(&valid, GitCommands::branch_ref(*head).c_str()) != 0 ||
      valid == 0) {
    return std::nullopt;
  }
  return head;
}

}  // namespace engine
