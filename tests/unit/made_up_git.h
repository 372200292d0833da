// Answers for a ScriptedRunner as if there were git and a remote: what a fetch brings is written
// into the clone with libgit2. So all of a Flux repository's code can be tested without a process.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/image_tag.h"
#include "tests/support/scripted_runner.h"

namespace test {

class MadeUpGit {
 public:
  // Answers `runner` for the clone at `clone`. The remote's main has one commit of the manifest
  // (kManifestFile of git_sandbox.h) with tag "old".
  MadeUpGit(ScriptedRunner& runner, std::filesystem::path clone);

  // What happens on the remote: one more commit. For any thread.
  void commit(const std::string& tag, const std::string& author);
  // The branch that the remote has, instead of main.
  void rename_branch(const std::string& branch) { branch_ = branch; }
  // Whether what is fetched comes without the manifest's blobs, as in a partial clone.
  void leave_out_blobs(bool leave_out) { leaves_out_blobs_ = leave_out; }
  // The first fetch brings only the newest commit; each that deepens the clone brings one more, if
  // the remote has older ones.
  void serve_newest(bool has_older = true) {
    depth_ = 1;
    has_older_ = has_older;
  }
  // What answers these commands, for a test that answers some of them otherwise.
  engine::ProcessResult fetch(const engine::Command& command);
  engine::ProcessResult bring(const engine::Command& command);
  // Called before each push is answered; its result is the answer if there is one.
  std::function<std::optional<engine::ProcessResult>()> on_push;

  // The remote's commits as they were fetched last, the oldest first.
  std::vector<engine::CommitId> ids() const;
  // The commit that was pushed last.
  std::optional<engine::CommitId> pushed() const;
  // Of the clone.
  std::optional<engine::CommitId> ref(const std::string& name) const;
  void set_ref(const std::string& name, const engine::CommitId& commit) const;

 private:
  struct Commit {
    std::string tag;
    std::string author;
    std::string id;  // of one that was pushed, which is in the clone
  };

  engine::ProcessResult push(const engine::Command& command);
  engine::ProcessResult sign(const engine::Command& command);
  // Brings the blob with this id, or all blobs if it is empty.
  engine::ProcessResult bring_blobs(const std::string& id);
  // Writes the remote's history into the clone; returns the id of the head.
  std::string write_history();
  void cut_history(const std::vector<std::string>& ids) const;

  std::filesystem::path clone_;
  mutable std::mutex mutex_;
  std::vector<Commit> commits_;
  std::string branch_ = "main";
  bool leaves_out_blobs_ = false;
  std::map<std::string, std::string> proposals_;  // other refs that were pushed, with their commits
  std::vector<engine::CommitId> ids_;             // of `commits_`, since the last fetch
  std::size_t depth_ = 0;                         // of the clone, in commits; 0 where it has all
  bool has_older_ = true;
  std::optional<engine::CommitId> pushed_;
};

}  // namespace test
