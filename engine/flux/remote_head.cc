#include "engine/flux/remote_head.h"

#include <algorithm>
#include <initializer_list>

#include "engine/base/file_error.h"
#include "engine/flux/clone_directory.h"
#include "engine/git/branch_name.h"
#include "engine/git/handles.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::string_view kMain = "main";

bool refuses(const ProcessResult& completion, std::initializer_list<std::string_view> words) {
  const std::string text = in_lower_case(completion.err);
  return completion.kind == ProcessResult::Kind::exited && completion.status != 0 &&
         std::ranges::any_of(
             words, [&](std::string_view word) { return text.find(word) != std::string::npos; });
}

// Most servers that cannot leave out files say so and send all; some refuse the kind of filter.
bool is_filter_refusal(const ProcessResult& completion) {
  return refuses(completion, {"filter"});
}

// Some servers do not serve a part of the history.
bool is_depth_refusal(const ProcessResult& completion) {
  return refuses(completion, {"shallow", "depth"});
}

// Another git in the clone, the push of a rollout that was killed for instance, may hold a ref's
// lock for a moment.
ProcessResult run_patiently(const FluxClone& clone, const Command& command,
                            const std::stop_token& stop, std::chrono::milliseconds limit) {
  constexpr int kMaxWaits = 20;
  constexpr std::chrono::milliseconds kWait{100};
  ProcessResult completion = clone.run_asking(command, stop, limit);
  for (int waits = 0; waits < kMaxWaits && says_other_git_is_at_work(completion) &&
                      clone.clock().sleep(kWait, stop);
       ++waits) {
    completion = clone.run_asking(command, stop, limit);
  }
  return completion;
}

// One fetch; if it is ended, nothing of it stays behind.
ProcessResult run_once(const FluxClone& clone, const Command& command, const std::stop_token& stop,
                       std::chrono::milliseconds limit = {}) {
  const auto begin = std::filesystem::file_time_type::clock::now();
  ProcessResult completion = run_patiently(clone, command, stop, limit);
  if (completion.kind != ProcessResult::Kind::exited && clone.expect_in_place()) {
    remove_remains_of_fetch(clone.session(), begin);
  }
  return completion;
}

Proposals proposals_of(const FluxClone& clone) {
  return clone.remote().with_proposals ? Proposals::fetched : Proposals::left_out;
}

// Whether only what is new of the branch is to be fetched.
Result<bool> has_begun(const FluxClone& clone, const std::string& branch) {
  auto objects = clone.objects();
  RETURN_IF_FAILED(objects);
  // The first question costs nothing where there are many refs.
  return objects->read_ref(GitCommands::tracking_ref(branch)) ||
         (objects->has_history() && !objects->is_shallow());
}

// A clone gets what is needed of the newest commit, once, and so does a shallow one of a branch
// that is new to it; afterwards what is new, so that a history that a person fetched is never cut.
Result<ProcessResult> run_fetch(const FluxClone& clone, const std::string& branch,
                                const std::stop_token& stop, History history) {
  auto begun = has_begun(clone, branch);
  RETURN_IF_FAILED(begun);
  const GitCommands& commands = clone.commands();
  const Proposals proposals = proposals_of(clone);
  if (*begun) {
    return run_once(clone, commands.fetch(branch, history, proposals), stop);
  }
  ProcessResult completion =
      run_once(clone, commands.fetch(branch, History::needed, proposals), stop);
  if (is_filter_refusal(completion)) {
    completion = run_once(clone, commands.fetch(branch, History::newest_commit, proposals), stop);
  }
  if (is_depth_refusal(completion)) {
    completion = run_once(clone, commands.fetch(branch, History::as_the_clone, proposals), stop);
  }
  return completion;
}

Result<RemoteHead> read_head(const FluxClone& clone, const std::string& branch) {
  auto objects = clone.objects();
  RETURN_IF_FAILED(objects);
  const auto commit = objects->read_ref(GitCommands::kFetchRef);
  if (!commit) {
    return fail(Code::internal,
                "Git fetched " + branch + " of " + clone.shown_url() + ", but " +
                    GitCommands::kFetchRef + " in " + clone.remote().clone.string() +
                    " names no commit.",
                "Remove that directory; the next rollout clones it again.");
  }
  const std::string& proposal = clone.remote().proposal;
  return RemoteHead{
      branch, *commit,
      proposal.empty() ? std::nullopt : objects->read_ref(GitCommands::proposal_ref(proposal))};
}

// Asks the remote for its branch.
Result<std::string> ask_branch(const FluxClone& clone, const CallContext& call) {
  call.report("asking " + clone.shown_url() + " for its branch");
  const ProcessResult completion = clone.run_asking(clone.commands().list_head(), call.stop);
  if (!completion.ok()) {
    return Failure(clone.failure(completion, "ask for the branches of"));
  }
  const auto branch = parse_remote_branch(completion.out);
  if (!branch) {
    return Failure(no_branch(clone.remote().url));
  }
  return *branch;
}

// Of a failure, `clone_is_broken` is no more than a suspicion.
FetchResult fetch_once(const FluxClone& clone, const std::string& branch, const CallContext& call,
                       History history = History::as_the_clone) {
  auto completion = run_fetch(clone, branch, call.stop, history);
  if (!completion) {
    return {failure_of(completion), true};
  }
  if (!completion->ok()) {
    return {Failure(clone.failure(*completion, "fetch from")),
            indicates_corrupt_clone(*completion)};
  }
  auto head = read_head(clone, branch);
  const bool broken = !head;
  return {std::move(head), broken};
}

FetchResult fetch_reported(const FluxClone& clone, const std::string& branch,
                           const CallContext& call) {
  call.report("fetching " + branch + " of " + clone.shown_url());
  FetchResult fetched = fetch_once(clone, branch, call);
  fetched.clone_is_broken = fetched.clone_is_broken && clone.is_broken(call.stop);
  return fetched;
}

Failure cannot_note(const FluxClone& clone) {
  return Failure(git_library_error("note the remote's head in " + clone.remote().clone.string(),
                                   sanitize_line(last_git_error()),
                                   "Remove that directory; the next rollout clones it again."));
}

}  // namespace

std::optional<RemoteHead> known_head(const FluxClone& clone) {
  const std::string branch = clone.remote().branch.value_or(std::string(kMain));
  const auto objects = clone.objects();
  if (!objects || clone.followed_branch() != branch) {
    return std::nullopt;
  }
  auto commit = objects->read_ref(GitCommands::tracking_ref(branch));
  return commit ? std::optional(RemoteHead{branch, std::move(*commit)}) : std::nullopt;
}

Error no_branch(const RemoteUrl& url) {
  const std::string shown = url.shown();
  const bool is_web = shown.starts_with("http");
  return {Code::branch_not_found,
          shown + " has neither a branch `main` nor a HEAD that names a branch; it may be empty.",
          std::string("Check fluxGitRepo in the rwenv config, and the remote's branches with `git "
                      "ls-remote --symref <url>`.") +
              (is_web ? " A web page that answers instead of git, such as a login page, "
                        "looks like that as well."
                      : "")};
}

Error no_such_branch(const RemoteUrl& url, const std::string& branch) {
  return {Code::branch_not_found,
          url.shown() + " has no branch '" + sanitize_line(branch) +
              "', which fluxGitBranch of the rwenv config names.",
          "Correct fluxGitBranch, or remove it: then it is `main`, or the branch that the remote's "
          "HEAD names. `git ls-remote --heads <url>` lists the branches."};
}

FetchResult fetch_head(const FluxClone& clone, const CallContext& call) {
  if (const auto& branch = clone.remote().branch) {
    FetchResult fetched = fetch_reported(clone, *branch, call);
    if (!fetched.head && fetched.head.error().code == Code::branch_not_found) {
      fetched.head = Failure(no_such_branch(clone.remote().url, *branch));
    }
    return fetched;
  }
  if (clone.followed_branch() == kMain) {
    FetchResult fetched = fetch_reported(clone, std::string(kMain), call);
    if (fetched.head || fetched.head.error().code != Code::branch_not_found) {
      return fetched;
    }
  }
  auto asked = ask_branch(clone, call);
  if (!asked) {
    return {failure_of(asked), false};
  }
  return fetch_reported(clone, *asked, call);
}

FetchResult record_fetched_head(const FluxClone& clone, FetchResult fetched) {
  if (!fetched.head) {
    return fetched;
  }
  const RemoteHead& head = *fetched.head;
  if (auto there = clone.expect_in_place(); !there) {
    return {failure_of(there), false};
  }
  if (!update_tracking_ref(clone.session(), head.branch, head.commit)) {
    return {cannot_note(clone), clone.is_broken({})};
  }
  if (head.branch != clone.followed_branch()) {
    if (auto followed = clone.set_default_branch(head.branch); !followed) {
      return {failure_of(followed), false};
    }
  }
  return fetched;
}

Result<RemoteHead> fetch_branch(const FluxClone& clone, const std::string& branch,
                                const std::stop_token& stop, History history) {
  auto fetched = fetch_once(clone, branch, CallContext{stop, {}}, history);
  RETURN_IF_FAILED(clone.expect_in_place());
  if (fetched.head && !update_tracking_ref(clone.session(), branch, fetched.head->commit)) {
    return cannot_note(clone);
  }
  return std::move(fetched.head);
}

Result<void> deepen_history(const FluxClone& clone, const std::string& branch,
                            std::optional<std::size_t> commits, std::chrono::milliseconds limit,
                            const std::stop_token& stop) {
  const GitCommands& commands = clone.commands();
  // Only the history of what is fetched is deepened.
  const Proposals proposals = proposals_of(clone);
  ProcessResult fetched = run_once(
      clone, commands.deepen(branch, commits, LargeFiles::left_out, proposals), stop, limit);
  if (is_filter_refusal(fetched)) {
    fetched = run_once(clone, commands.deepen(branch, commits, LargeFiles::brought, proposals),
                       stop, limit);
  }
  if (!fetched.ok()) {
    return Failure(clone.failure(fetched, "fetch from"));
  }
  auto head = read_head(clone, branch);
  RETURN_IF_FAILED(head);
  RETURN_IF_FAILED(clone.expect_in_place());
  if (!update_tracking_ref(clone.session(), branch, head->commit)) {
    return cannot_note(clone);
  }
  return {};
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
  return head && is_branch_name(*head) ? head : std::nullopt;
}

bool lists_branch(std::string_view output, std::string_view branch) {
  const std::string end = "\t" + GitCommands::branch_ref(branch) + "\n";
  return (std::string(output) + "\n").find(end) != std::string::npos;
}

}  // namespace engine
