// The git commands that the engine can start, each with its arguments fixed here; there is no other
// way to make a Command for git on a Flux repository's clone (specification, section 4). None of
// them fetches or lists tags, pulls, or pushes without naming the remote and both refs.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/git/environment.h"
#include "engine/git/identity.h"
#include "engine/git/remote_url.h"
#include "engine/git/tls_verification.h"
#include "engine/process/command.h"

namespace engine {

// How much of the remote's history a fetch brings.
enum class History {
  as_the_clone,   // what is new, to a shallow clone as to a full one
  needed,         // for a clone that has nothing yet: the newest commit without its large files
  newest_commit,  // where the server cannot leave out files
  whole,          // of a clone that was shallow
};

// Whether a fetch brings the branches of proposals, too, and forgets those that are gone.
enum class Proposals { left_out, fetched };

// Whether a fetch brings files that are larger than nearly every manifest.
enum class LargeFiles { brought, left_out };

// Commands for one clone. Immutable, for any thread.
class GitCommands {
 public:
  // `clone` need not exist for the commands that only read configuration. `ssh` as for
  // git_environment().
  GitCommands(const Environment& environment, TlsVerification tls, std::filesystem::path clone,
              const std::optional<SshConfiguration>& ssh);

  // Prints `git version <version>`.
  static Command version();

  // The remote's name in every clone.
  static constexpr std::string_view kRemote = "origin";
  // Where a fetch puts what it brings: a ref of its own, so that a push may be under way in the
  // same clone, which writes the tracking ref.
  static constexpr const char* kFetchRef = "refs/rollout/fetched";
  // `refs/heads/<branch>` and `refs/remotes/origin/<branch>`.
  static std::string branch_ref(std::string_view branch);
  static std::string tracking_ref(std::string_view branch);
  // Where the clone has the tip of a proposal's branch, `rollout/...`.
  static std::string proposal_ref(std::string_view branch);
  // `refs/for/<branch>`: what is pushed there, AGit takes as a request to merge it into the branch.
  static std::string review_ref(std::string_view branch);

  // Prints `<key>\n<value>\0` for each setting that matters to a commit; exit status 1 if there is
  // none.
  Command identity_configuration() const;
  // The same for core.sshCommand, ssh.variant, and url.<base>.insteadOf and pushInsteadOf.
  Command ssh_configuration() const;
  // The same for what decides where a push goes and what else git does with it: hooks, push
  // certificates and options, all that is set for the remote, and insteadOf as above.
  Command push_configuration() const;
  // The same for what decides how a remote of the project is reached: the above, and
  // remote.pushDefault.
  Command remote_configuration() const;
  // The same for what git includes in certain repositories only.
  Command conditional_includes() const;
  // The commands of filters, which git runs on the files of a work tree.
  Command filter_configuration() const;
  // The settings of the clone's own configuration, of the whole repository or of its work tree,
  // with those of the files that it includes: prints `<key>\n<value>\0` for each.
  Command own_configuration() const;
  Command own_work_tree_configuration() const;
  // Brings the remote's branch into kFetchRef, and proposals to their proposal_ref().
  Command fetch(std::string_view branch, History history,
                Proposals proposals = Proposals::left_out) const;
  // The same with this many more commits of the history that a shallow clone lacks, or with all.
  Command deepen(std::string_view branch, std::optional<std::size_t> commits,
                 LargeFiles large_files, Proposals proposals = Proposals::left_out) const;
  // Brings an object that a partial clone has left out; exit status 1 if it cannot be had.
  Command fetch_blob(std::string_view id) const;
  // Makes git read every file of `commit` that a pattern matches, so that those of a partial clone
  // that are not here are brought over one connection; prints a line of totals.
  Command bring_files(const CommitId& commit, const std::vector<std::string>& patterns) const;
  // Lists the remote's HEAD, with the branch that it names, and one of its branches.
  Command list_head(std::string_view branch = "main") const;
  // Lists the pull refs (refs/pull/*/head and those of other forges) of a remote that is not the
  // clone's, outside of every repository. The patterns also match longer names that end so.
  Command list_pull_refs(const RemoteUrl& url) const;
  // Makes a signed commit object and prints its id.
  Command commit_tree(std::string_view tree, const CommitId& parent, const std::string& message,
                      const Identity& identity) const;
  // Makes a signed commit object of the empty tree in another object directory than the clone's,
  // and prints its id.
  Command try_signing(const std::filesystem::path& objects, const Identity& identity) const;
  // Sets the remote's branch to `commit` if it is at `expected`; prints what became of it in the
  // porcelain format.
  Command push(std::string_view branch, const CommitId& commit, const CommitId& expected) const;
  // Git's own remote helper, as `git push` starts it (gitremote-helpers(7)): it is told on its
  // standard input what to do, such as a push of the same kind (engine/git/push_helper.h). For a
  // remote at an address of this scheme, "https" or "http".
  Command push_helper(std::string_view scheme) const;
  // Sets the branch of a proposal to `commit` if it is at `expected`, or where that is nothing, if
  // the remote has no such branch.
  Command push_proposal(std::string_view branch, const CommitId& commit,
                        const std::optional<CommitId>& expected) const;
  // The same, and asks a GitLab to open a request to merge it into `target`, or to keep the open
  // one.
  Command push_merge_request(std::string_view branch, const CommitId& commit,
                             const std::optional<CommitId>& expected, std::string_view target,
                             std::string_view title) const;
  // Pushes `commit` to the review_ref() of `target`: asks a Gitea or Forgejo to open a request, or
  // to set the open one of this topic to `commit`.
  Command push_for_review(std::string_view target, const CommitId& commit, std::string_view topic,
                          std::string_view title) const;
  // Lists the review_ref() of `target`, which a remote has only if it knows nothing of AGit.
  Command list_review_ref(std::string_view target) const;
  // The same commands, whose git does without these filters.
  GitCommands doing_without(const std::vector<std::string>& filters) const;
  // Lists the tracked files whose index entry or work tree is not as HEAD has it.
  Command list_changes() const;
  // Sets files to what they are in `commit`, in index and work tree.
  Command check_out(const CommitId& commit, const std::vector<RepositoryPath>& files) const;
  // Sets the branch that HEAD is on, the index and the work tree to `commit`.
  Command reset(const CommitId& commit) const;
  // Makes the work tree hold only the files of the root, of `directories` and of those above them,
  // and the index only what that needs.
  Command restrict_work_tree(const std::vector<std::string>& directories) const;
  // Adds directories to a work tree that was restricted.
  Command extend_work_tree(const std::vector<std::string>& directories) const;
  // Packs the clone's loose objects; those that are packed stay until remove_packed_objects().
  Command pack_loose_objects() const;
  Command remove_packed_objects() const;
  // Makes one pack of all, and does what else git does to keep a repository small.
  Command collect_garbage() const;

 private:
  Command signed_commit(std::vector<std::string> arguments, const Identity& identity,
                        std::vector<Command::EnvironmentChange> more) const;
  Command in_clone(std::vector<std::string> arguments) const;
  Command configuration(std::string pattern) const;
  Command fetch_with(std::optional<std::string> history, LargeFiles large_files,
                     std::string_view branch, Proposals proposals) const;
  Command push_with(std::vector<std::string> options, const std::string& ref,
                    const CommitId& commit, const std::string& expected) const;

  std::filesystem::path clone_;
  std::vector<Command::EnvironmentChange> environment_;
  std::vector<std::string> left_out_;  // filters
};

// Reads what the configuration commands print, in git's order; a key without a value (which
// means true) is read as "true". Later entries win over earlier ones.
std::vector<std::pair<std::string, std::string>> parse_configuration(std::string_view output);

}  // namespace engine
