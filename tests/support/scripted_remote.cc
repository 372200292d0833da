#include "tests/support/scripted_remote.h"

#include <chrono>
#include <cstddef>
#include <ctime>
#include <utility>

#include <gtest/gtest.h>

#include "engine/git/failure.h"
#include "tests/support/scripted_runner.h"

namespace test {

using engine::CommitId;
using engine::Error;
using engine::Failure;
using engine::ProcessResult;
using engine::RemoteHead;
using engine::Result;

namespace {

constexpr const char* kUrl = "https://git.example/flux.git";
constexpr const char* kClone = "/config/flux-repos/dev";

CommitId id_of(std::size_t number) {
  std::string text(40, '0');
  for (std::size_t place = text.size(); number != 0; number /= 10) {
    text[--place] = static_cast<char>('0' + number % 10);
  }
  return *CommitId::parse(text);
}

// What git prints of branch main, and says besides.
ProcessResult printed(int status, const std::string& line, const std::string& err = {}) {
  return exited(status, "To " + std::string(kUrl) + "\n" + line + "\nDone\n", err);
}

ProcessResult refused(const std::string& summary, const std::string& err = {}) {
  return printed(1, "!\tabc:refs/heads/main\t" + summary,
                 err + "error: failed to push some refs to '" + kUrl + "'\n");
}

ProcessResult ended(ProcessResult::Kind kind, int status = 0, std::string err = {}) {
  return {kind, status, {}, std::move(err)};
}

template <class T>
T take(const std::vector<T>& list, int count) {
  const auto index = static_cast<std::size_t>(count);
  return index < list.size() ? list[index] : list.back();
}

}  // namespace

ProcessResult completion_of(Push push) {
  const std::string taken = " \tabc:refs/heads/main\t1111111..2222222";
  switch (push) {
    case Push::taken:
      return printed(0, taken);
    case Push::taken_with_notice:
      return printed(0, taken, "remote: Bypassed rule violations for refs/heads/main:        \n");
    case Push::taken_elsewhere:
      return printed(0, taken, "warning: redirecting to https://other.example/flux.git/\n");
    case Push::up_to_date:
      return printed(0, "=\tabc:refs/heads/main\t[up to date]");
    case Push::stale_info:
      return refused("[rejected] (stale info)");
    case Push::fetch_first:
      return refused("[rejected] (fetch first)");
    case Push::non_fast_forward:
      return refused("[rejected] (non-fast-forward)");
    case Push::cannot_lock:
      return refused("[remote rejected] (cannot lock ref 'refs/heads/main')");
    case Push::update_failed:
      return refused("[remote rejected] (failed to update ref)",
                     "remote: error: cannot lock ref 'refs/heads/main': is at 1 but expected 2\n");
    case Push::old_value:
      return refused("[remote rejected] (incorrect old value provided)");
    case Push::hook_declined:
      return refused("[remote rejected] (pre-receive hook declined)",
                     "remote: GH006: Protected branch update failed\n");
    case Push::unpacker_error:
      return refused("[remote rejected] (unpacker error)",
                     "error: remote unpack failed: unable to create temporary object directory\n");
    case Push::shallow_refused:
      return refused("[remote rejected] (shallow update not allowed)");
    case Push::no_host:
      return exited(128, "", "fatal: unable to access 'x': Could not resolve host: git.example\n");
    case Push::no_rights:
      return exited(128, "", "fatal: Authentication failed for 'https://git.example/flux.git/'\n");
    case Push::no_git:
      return ended(ProcessResult::Kind::not_found);
    case Push::disk_full_here:
      return exited(128, "", "fatal: write error: No space left on device\n");
    case Push::hung_up:
      return exited(128, "",
                    "send-pack: unexpected disconnect while reading sideband packet\n"
                    "fatal: the remote end hung up unexpectedly\n");
    case Push::timed_out:
      return ended(ProcessResult::Kind::timed_out);
    case Push::lost_process:
      return ended(ProcessResult::Kind::lost, 0, "its end could not be learnt");
    case Push::killed:
      return ended(ProcessResult::Kind::signalled, 9);
    case Push::hook_here:
      return exited(1, "", "run the tests first\nerror: failed to push some refs to 'x'\n");
    case Push::unknown_words:
      return exited(1, "", "fatal: something new\n");
  }
  return {};
}

CommitId MadeUpHistory::add(const std::optional<CommitId>& parent, const std::string& tag,
                            const std::string& author) const {
  CommitId id = id_of(commits_.size() + 1);
  commits_.emplace(id.text(), Commit{parent, tag, author});
  return id;
}

std::string MadeUpHistory::tag_of(const CommitId& commit) const {
  return at(commit).tag;
}

std::optional<CommitId> MadeUpHistory::parent_of(const CommitId& commit) const {
  return at(commit).parent;
}

std::optional<std::string> MadeUpHistory::missing_blob(
    const CommitId& /*commit*/, const engine::RepositoryPath& /*path*/) const {
  return missing;
}

Result<std::string> MadeUpHistory::read_file(const CommitId& commit,
                                             const engine::RepositoryPath& /*path*/,
                                             std::string_view /*where*/) const {
  return reading_fails ? Result<std::string>(Failure(*reading_fails)) : tag_of(commit);
}

Result<std::string> MadeUpHistory::write_tree(const CommitId& /*commit*/,
                                              const std::vector<engine::FileContent>& files) const {
  return files.front().bytes;
}

Result<CommitId> MadeUpHistory::write_commit(const std::string& tree, const CommitId& parent,
                                             const std::string& /*message*/,
                                             const engine::Identity& identity) const {
  EXPECT_FALSE(identity.sign_commits);
  return add(parent, tree, identity.author.name);
}

Result<CommitId> MadeUpHistory::write_signed_commit(const std::string& tree, const CommitId& parent,
                                                    const std::string& /*message*/,
                                                    const engine::Identity& identity,
                                                    const std::stop_token& /*stop*/) const {
  return signing_fails ? Result<CommitId>(Failure(*signing_fails))
                       : add(parent, tree, identity.author.name);
}

bool MadeUpHistory::contains(const CommitId& head, const CommitId& commit,
                             const CommitId& base) const {
  for (std::optional<CommitId> at_commit = head; at_commit && *at_commit != base;
       at_commit = parent_of(*at_commit)) {
    if (*at_commit == commit) {
      return true;
    }
  }
  return false;
}

std::optional<engine::Authorship> MadeUpHistory::last_change(
    const CommitId& head, const CommitId& base, const engine::RepositoryPath& /*path*/) const {
  return head == base ? std::nullopt : authorship(head);
}

std::optional<engine::Authorship> MadeUpHistory::authorship(const CommitId& commit) const {
  return engine::Authorship{at(commit).author, std::time(nullptr)};
}

// A rollout's, by an author whose address is "<author>@example.com".
std::optional<engine::CommitDescription> MadeUpHistory::describe(const CommitId& commit) const {
  const Commit& known = at(commit);
  engine::CommitDescription description{
      .author_email = known.author + "@example.com",
      .committer_email = known.author + "@example.com",
      .committer = known.author,
      .subject = "chore(backend): update image tag to " + known.tag,
      .tree = known.tag,
      .parents = {}};
  if (known.parent) {
    description.parents.push_back(*known.parent);
  }
  return description;
}

void MadeUpValues::begin(const CommitId& head, std::vector<engine::PlaceWithValue> places) {
  origins_.clear();
  for (const engine::PlaceWithValue& place : places) {
    CommitId commit = head;
    for (auto parent = history_.parent_of(head);
         parent && place.read(history_.tag_of(*parent)) == place.value;
         parent = history_.parent_of(*parent)) {
      commit = *parent;
    }
    origins_.emplace_back(engine::ValueOrigin{commit, *history_.authorship(commit)});
    begun.push_back(place.value);
  }
}

ScriptedRemote::ScriptedRemote(MadeUpHistory& history, const std::string& tag,
                               std::string rolled_out)
    : history_(history),
      rolled_out_(std::move(rolled_out)),
      first_(history.add(std::nullopt, "first", "Founder")),
      head_{"main", history.add(first_, tag, "Founder")} {}

engine::RemoteNames ScriptedRemote::names() const {
  return {kUrl, kClone};
}

Result<RemoteHead> ScriptedRemote::show(Shown shown) {
  switch (shown) {
    case Shown::same:
      break;
    case Shown::moved:
      head_.commit = history_.add(head_.commit, history_.tag_of(head_.commit), "Grace");
      break;
    case Shown::moved_tag:
      head_.commit = history_.add(head_.commit, "pr-2-0000000", "Grace");
      break;
    case Shown::moved_same_tag:
      head_.commit = history_.add(head_.commit, rolled_out_, "Grace");
      break;
    case Shown::rewound:
      head_.commit = first_;
      break;
    case Shown::ours:
    case Shown::ours_and_more:
      EXPECT_TRUE(pushed_) << "nothing was pushed yet";
      if (pushed_ && is_proposed_) {
        head_.proposed = pushed_;
      } else if (pushed_) {
        head_.commit = shown == Shown::ours ? *pushed_ : history_.add(*pushed_, "later", "Grace");
      }
      break;
    case Shown::nothing:
      return engine::fail(engine::Code::unreachable, "The fetch found no remote.");
  }
  return head_;
}

engine::FetchResult ScriptedRemote::find_head(const engine::CallContext& call) {
  ++finds;
  call.report("finding");
  if (call.stop.stop_requested()) {
    return {engine::fail(engine::Code::cancelled, "The fetch was cancelled."), false};
  }
  return {show(find_head_shows), clone_is_broken};
}

engine::FetchResult ScriptedRemote::record_head(engine::FetchResult found) {
  ++records;
  return found;
}

void ScriptedRemote::discard_found_head() {
  ++discards;
}

Result<RemoteHead> ScriptedRemote::fetch(const std::string& branch) {
  EXPECT_EQ(branch, head_.branch);
  return show(take(fetch_shows, fetches++));
}

Result<RemoteHead> ScriptedRemote::fetch_whole_history(const std::string& branch,
                                                       const std::stop_token& /*stop*/) {
  EXPECT_EQ(branch, head_.branch);
  ++histories;
  return history_fails ? Result<RemoteHead>(Failure(*history_fails)) : head_;
}

Result<void> ScriptedRemote::fetch_blob(const std::string& id, const std::stop_token& /*stop*/) {
  EXPECT_EQ(id, history_.missing);
  ++blobs;
  if (blob_fails) {
    return Failure(*blob_fails);
  }
  history_.missing.reset();
  return {};
}

engine::PushResult ScriptedRemote::push(const std::string& branch, const CommitId& commit,
                                        const CommitId& expected) {
  EXPECT_EQ(branch, head_.branch);
  EXPECT_EQ(history_.parent_of(commit), expected) << "the lease is on what the commit is made on";
  std::optional<CommitId> goal = head_.commit;
  engine::PushResult result = send(commit, goal);
  head_.commit = *goal;
  return result;
}

engine::PushResult ScriptedRemote::propose(const engine::ProposalTarget& /*target*/,
                                           const RemoteHead& base, const CommitId& commit) {
  is_proposed_ = true;
  EXPECT_EQ(history_.parent_of(commit), base.commit);
  std::optional<CommitId> goal = base.proposed;
  engine::PushResult result = send(commit, goal);
  if (result.kind == engine::PushResult::Kind::pushed) {
    head_.proposed = goal;
  }
  return result;
}

Result<engine::Divergence> ScriptedRemote::find_divergence(const RemoteHead& head,
                                                           const engine::CallContext& /*call*/) {
  engine::Divergence found{.known = true, .is_linear = true};
  for (auto commit = head.proposed; commit; commit = history_.parent_of(*commit)) {
    if (history_.contains(head.commit, *commit, first_)) {
      found.base = commit;
      break;
    }
    found.commits.push_back(*commit);
  }
  found.is_merged = found.commits.empty();
  return found;
}

engine::PushResult ScriptedRemote::send(const CommitId& commit, std::optional<CommitId>& goal) {
  pushed_ = commit;
  const ProcessResult completion = completion_of(take(push_ends, pushes++));
  engine::PushResult result = engine::parse_push(completion, "refs/heads/main");
  if (result.kind == engine::PushResult::Kind::pushed) {
    goal = commit;
  } else {
    result.error = engine::git_failure(completion, {.doing = "push to",
                                                    .url = engine::RemoteUrl(kUrl),
                                                    .clone = kClone,
                                                    .tls = engine::TlsVerification::on,
                                                    .limit = std::chrono::seconds(120)});
  }
  if (result.redirected_to) {
    redirected_to_ = result.redirected_to;
  }
  if (while_pushing) {
    while_pushing();
  }
  return result;
}

engine::Change made_up_change() {
  return {.edits = {{engine::RepositoryPath::parse("apps/k.yaml", "file").value(), {}}},
          .message = "Roll out",
          .dry_run = false};
}

engine::Identity made_up_identity() {
  const engine::Person ada{"Ada", "a@example.com"};
  return {.author = ada, .committer = ada};
}

}  // namespace test
