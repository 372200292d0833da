// A remote, its commits and a work tree that are made up, for tests of the push loop without git.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "engine/flux/object_store.h"
#include "engine/flux/remote.h"
#include "engine/flux/types.h"
#include "engine/flux/value_history.h"
#include "engine/flux/work_tree_update.h"
#include "engine/process/runner.h"

namespace test {

// How a push ends, in the words of git and of several servers.
enum class Push {
  taken,
  taken_with_notice,
  taken_elsewhere,  // where the remote redirected git to
  up_to_date,
  stale_info,  // the lease is lost
  fetch_first,
  non_fast_forward,
  cannot_lock,  // the remote got it, and another push was faster, or a lock is there
  update_failed,
  old_value,
  hook_declined,  // the remote refuses it
  unpacker_error,
  shallow_refused,
  no_host,  // nothing was sent
  no_rights,
  no_git,
  disk_full_here,
  hung_up,  // something was sent
  timed_out,
  lost_process,
  killed,
  hook_here,  // a hook on this machine refuses it
  unknown_words,
};

// What a fetch shows, which is what happened on the remote before.
enum class Shown {
  same,
  moved,           // another commit, which left the entry alone
  moved_tag,       // ... which set the entry to another tag
  moved_same_tag,  // ... to the tag that is being rolled out
  rewound,         // to the first commit
  ours,            // the commit that was pushed last
  ours_and_more,
  nothing,  // the remote cannot be reached
};

// The process of a `git push` of branch main that ends so.
engine::ProcessResult completion_of(Push push);

// Commits of one file whose content is a tag.
class MadeUpHistory final : public engine::ObjectStore {
 public:
  std::optional<std::string> missing;          // the id of a blob that is not here
  std::optional<engine::Error> reading_fails;  // while it is missing, or without that always
  std::optional<engine::Error> signing_fails;

  // A new commit; a first one without a parent.
  engine::CommitId add(const std::optional<engine::CommitId>& parent, const std::string& tag,
                       const std::string& author) const;
  std::string tag_of(const engine::CommitId& commit) const;
  std::optional<engine::CommitId> parent_of(const engine::CommitId& commit) const;

  std::optional<std::string> missing_blob(const engine::CommitId& commit,
                                          const engine::RepositoryPath& path) const override;
  engine::Result<std::string> read_file(const engine::CommitId& commit,
                                        const engine::RepositoryPath& path,
                                        std::string_view where) const override;
  std::optional<engine::DirectoryEntries> list_directory(
      const engine::CommitId& /*commit*/, const std::string& /*directory*/) const override {
    return std::nullopt;
  }
  engine::Result<std::string> write_tree(
      const engine::CommitId& commit, const std::vector<engine::FileContent>& files) const override;
  engine::Result<engine::CommitId> write_commit(const std::string& tree,
                                                const engine::CommitId& parent,
                                                const std::string& message,
                                                const engine::Identity& identity) const override;
  engine::Result<engine::CommitId> write_signed_commit(const std::string& tree,
                                                       const engine::CommitId& parent,
                                                       const std::string& message,
                                                       const engine::Identity& identity,
                                                       const std::stop_token& stop) const override;
  bool contains(const engine::CommitId& head, const engine::CommitId& commit,
                const engine::CommitId& base) const override;
  std::optional<engine::Authorship> last_change(const engine::CommitId& head,
                                                const engine::CommitId& base,
                                                const engine::RepositoryPath& path) const override;
  std::optional<engine::Authorship> authorship(const engine::CommitId& commit) const override;
  std::optional<engine::CommitDescription> describe(const engine::CommitId& commit) const override;

 private:
  struct Commit {
    std::optional<engine::CommitId> parent;
    std::string tag;
    std::string author;
  };
  const Commit& at(const engine::CommitId& commit) const { return commits_.at(commit.text()); }

  mutable std::map<std::string, Commit> commits_;
};

// Who set the tag in the file of a made-up history.
class MadeUpValues final : public engine::ValueHistory {
 public:
  // `history` must outlive this.
  explicit MadeUpValues(const MadeUpHistory& history) : history_(history) {}

  std::vector<std::string> begun;  // values

  void begin(const engine::CommitId& head, std::vector<engine::PlaceWithValue> places) override;
  std::vector<std::optional<engine::ValueOrigin>> finish() override {
    return std::exchange(origins_, {});
  }

 private:
  const MadeUpHistory& history_;
  std::vector<std::optional<engine::ValueOrigin>> origins_;
};

// Answers from a script. Of each list the last entry answers whatever more is asked.
class ScriptedRemote final : public engine::Remote {
 public:
  // The branch main is at a commit with tag `tag`, the second one. `history` must outlive this.
  ScriptedRemote(MadeUpHistory& history, const std::string& tag, std::string rolled_out);

  std::vector<Push> push_ends = {Push::taken};
  std::vector<Shown> fetch_shows = {Shown::same};
  Shown find_head_shows = Shown::same;
  std::optional<engine::Error> blob_fails;
  std::optional<engine::Error> history_fails;
  bool clone_is_broken = false;
  std::function<void()> while_pushing;

  int pushes = 0;
  int fetches = 0;
  int finds = 0;
  int records = 0;
  int discards = 0;
  int blobs = 0;
  int histories = 0;
  int releases = 0;

  const engine::RemoteHead& head() const { return head_; }

  engine::RemoteNames names() const override;
  engine::FetchResult find_head(const engine::CallContext& call) override;
  engine::FetchResult record_head(engine::FetchResult found) override;
  void discard_found_head() override;
  engine::Result<engine::RemoteHead> fetch(const std::string& branch) override;
  engine::Result<engine::RemoteHead> fetch_whole_history(const std::string& branch,
                                                         const std::stop_token& stop) override;
  engine::Result<void> fetch_blob(const std::string& id, const std::stop_token& stop) override;
  engine::PushResult push(const std::string& branch, const engine::CommitId& commit,
                          const engine::CommitId& expected) override;
  // The same of the proposal's branch; AGit's requests are its branch here, too.
  engine::PushResult propose(const engine::ProposalTarget& target, const engine::RemoteHead& base,
                             const engine::CommitId& commit) override;
  // A proposal is merged only where the head has its commit.
  engine::Result<engine::Divergence> find_divergence(const engine::RemoteHead& head,
                                                     const engine::CallContext& call) override;
  void release() override { ++releases; }
  std::optional<std::string> redirected_to() const override { return redirected_to_; }

  // Another proposer, or none: the branch is there before the next look at it.
  void set_proposed(std::optional<engine::CommitId> commit) { head_.proposed = std::move(commit); }

 private:
  engine::PushResult send(const engine::CommitId& commit, std::optional<engine::CommitId>& goal);
  engine::Result<engine::RemoteHead> show(Shown shown);

  MadeUpHistory& history_;
  std::string rolled_out_;
  engine::CommitId first_;
  engine::RemoteHead head_;
  std::optional<engine::CommitId> pushed_;
  bool is_proposed_ = false;  // what was pushed
  std::optional<std::string> redirected_to_;
};

// Notes what it is asked to do.
class NotedWorkTree final : public engine::WorkTreeUpdate {
 public:
  std::optional<std::string> warning;

  std::vector<engine::RemoteHead> begun;
  std::vector<std::pair<engine::RemoteHead, std::optional<engine::CommitId>>> finished;

  void begin(const engine::RemoteHead& base) override { begun.push_back(base); }
  std::optional<std::string> finish(const engine::RemoteHead& base,
                                    const std::optional<engine::CommitId>& commit,
                                    const std::vector<engine::RepositoryPath>& /*files*/) override {
    finished.emplace_back(base, commit);
    return warning;
  }
};

// A change of one file, without what edits it, and who commits it.
engine::Change made_up_change();
engine::Identity made_up_identity();

}  // namespace test
