#include "tests/unit/made_up_git.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "engine/git/commands.h"
#include "engine/git/handles.h"
#include "tests/support/git_sandbox.h"

namespace test {

using engine::Command;
using engine::CommitId;
using engine::git_new;
using engine::GitRepository;
using engine::ProcessResult;

namespace {

std::string hex_of(const git_oid& oid) {
  std::string hex(GIT_OID_HEXSZ, '\0');
  git_oid_fmt(hex.data(), &oid);
  return hex;
}

git_oid oid_of(const std::string& hex) {
  git_oid oid{};
  EXPECT_EQ(git_oid_fromstr(&oid, hex.c_str()), 0) << hex;
  return oid;
}

// The tree that holds just `name`.
git_oid tree_of(git_repository* repository, const std::string& name, const git_oid& id,
                git_filemode_t mode) {
  git_oid tree{};
  const auto builder = git_new<engine::GitTreeBuilder>(git_treebuilder_new, repository,
                                                       static_cast<const git_tree*>(nullptr));
  EXPECT_EQ(git_treebuilder_insert(nullptr, builder.get(), name.c_str(), &id, mode), 0);
  EXPECT_EQ(git_treebuilder_write(&tree, builder.get()), 0);
  return tree;
}

git_oid write_blob(git_repository* repository, const std::string& tag) {
  const std::string bytes = manifest(tag);
  git_oid blob{};
  EXPECT_EQ(git_blob_create_from_buffer(&blob, repository, bytes.data(), bytes.size()), 0);
  return blob;
}

git_oid write_tree(git_repository* repository, const std::string& tag) {
  git_oid id = write_blob(repository, tag);
  git_filemode_t mode = GIT_FILEMODE_BLOB;
  std::filesystem::path path(kManifestFile);
  for (; !path.empty(); path = path.parent_path()) {
    id = tree_of(repository, path.filename().string(), id, mode);
    mode = GIT_FILEMODE_TREE;
  }
  return id;
}

git_oid blob_of(const std::string& tag) {
  const std::string bytes = manifest(tag);
  git_oid id{};
  EXPECT_EQ(git_odb_hash(&id, bytes.data(), bytes.size(), GIT_OBJECT_BLOB), 0);
  return id;
}

// A commit is the same wherever and whenever it is written.
std::string write_commit(git_repository* repository, const std::string& tree_id,
                         const std::string& parent_id, const std::string& author) {
  constexpr git_time_t kTime = 1'700'000'000;
  const auto person = git_new<engine::GitSignature>(git_signature_new, author.c_str(),
                                                    "someone@example.com", kTime, 0);
  const git_oid tree_oid = oid_of(tree_id);
  const auto tree = git_new<engine::GitTree>(git_tree_lookup, repository, &tree_oid);
  engine::GitCommit parent;
  if (!parent_id.empty()) {
    const git_oid parent_oid = oid_of(parent_id);
    parent = git_new<engine::GitCommit>(git_commit_lookup, repository, &parent_oid);
  }
  const git_commit* parents = parent.get();
  git_oid id{};
  EXPECT_EQ(git_commit_create(&id, repository, nullptr, person.get(), person.get(), nullptr,
                              "message\n", tree.get(), parent ? 1 : 0, &parents),
            0);
  return hex_of(id);
}

void write_ref(git_repository* repository, const std::string& name, const std::string& id) {
  const git_oid oid = oid_of(id);
  EXPECT_TRUE(git_new<engine::GitReference>(git_reference_create, repository, name.c_str(), &oid, 1,
                                            "test"));
}

bool has_option(const Command& command, std::string_view begin) {
  return std::ranges::any_of(command.arguments(), [&](const std::string& argument) {
    return argument.starts_with(begin);
  });
}

// Where libgit2 keeps a loose object.
std::filesystem::path file_of(const std::filesystem::path& clone, const git_oid& id) {
  const std::string hex = hex_of(id);
  return clone / ".git/objects" / hex.substr(0, 2) / hex.substr(2);
}

}  // namespace

MadeUpGit::MadeUpGit(ScriptedRunner& runner, std::filesystem::path clone)
    : clone_(std::move(clone)), commits_{{"old", "Founder", {}}} {
  runner.on("git ", exited(0, ""));
  runner.on(" fetch ", [this](const Command& command) { return fetch(command); });
  runner.on(" push ", [this](const Command& command) { return push(command); });
  runner.on(" commit-tree ", [this](const Command& command) { return sign(command); });
  runner.on(" cat-file ", [this](const Command& command) { return bring(command); });
  runner.on(" diff-tree ", [this](const Command&) { return bring_blobs({}); });
  runner.on(" ls-remote ", [this](const Command&) {
    return exited(0, "ref: refs/heads/" + branch_ + "\tHEAD\n");
  });
}

void MadeUpGit::commit(const std::string& tag, const std::string& author) {
  const std::scoped_lock lock(mutex_);
  commits_.push_back({tag, author, {}});
}

ProcessResult MadeUpGit::fetch(const Command& command) {
  const std::scoped_lock lock(mutex_);
  if (!has_option(command, "+" + engine::GitCommands::branch_ref(branch_) + ":")) {
    return exited(128, "", "fatal: couldn't find remote ref refs/heads/main\n");
  }
  if (depth_ > 0 && has_older_) {
    depth_ = has_option(command, "--unshallow") ? 0 : depth_ + has_option(command, "--deepen=");
  }
  const std::string head = write_history();
  const GitRepository repository = engine::open_clone(clone_);
  write_ref(repository.get(), engine::GitCommands::kFetchRef, head);
  constexpr std::string_view kProposals = "refs/heads/rollout/";
  if (has_option(command, "+" + std::string(kProposals))) {
    for (const auto& [ref, id] : proposals_) {
      write_ref(repository.get(), engine::GitCommands::proposal_ref(ref.substr(kProposals.size())),
                id);
    }
  }
  return exited(0, "");
}

std::string MadeUpGit::write_history() {
  const GitRepository repository = engine::open_clone(clone_);
  EXPECT_TRUE(repository) << clone_;
  std::vector<std::string> ids = {""};
  for (const Commit& next : commits_) {
    ids.push_back(next.id.empty() ? write_commit(repository.get(),
                                                 hex_of(write_tree(repository.get(), next.tag)),
                                                 ids.back(), next.author)
                                  : next.id);
  }
  for (const Commit& next : commits_) {
    if (leaves_out_blobs_ && next.id.empty()) {
      std::filesystem::remove(file_of(clone_, blob_of(next.tag)));
    }
  }
  cut_history(ids);
  ids_.clear();
  std::transform(ids.begin() + 1, ids.end(), std::back_inserter(ids_),
                 [](const std::string& id) { return CommitId::parse(id).value(); });
  return ids.back();
}

// As git notes the commits whose parents it does not have.
void MadeUpGit::cut_history(const std::vector<std::string>& ids) const {
  const std::filesystem::path shallow = clone_ / ".git/shallow";
  std::filesystem::remove(shallow);
  if (depth_ == 0 || depth_ + 1 >= ids.size()) {
    return;
  }
  const std::size_t oldest = ids.size() - depth_;
  std::ofstream(shallow) << ids[oldest] << '\n';
  for (std::size_t i = 1; i < oldest; ++i) {
    std::filesystem::remove(file_of(clone_, oid_of(ids[i])));
  }
}

ProcessResult MadeUpGit::bring(const Command& command) {
  return bring_blobs(command.arguments().back());
}

ProcessResult MadeUpGit::bring_blobs(const std::string& wanted) {
  const std::scoped_lock lock(mutex_);
  const GitRepository repository = engine::open_clone(clone_);
  for (const Commit& next : commits_) {
    if (wanted.empty() || hex_of(blob_of(next.tag)) == wanted) {
      write_blob(repository.get(), next.tag);
    }
  }
  return exited(0, "");
}

ProcessResult MadeUpGit::push(const Command& command) {
  if (on_push) {
    if (auto answer = on_push()) {
      return *std::move(answer);
    }
  }
  const std::scoped_lock lock(mutex_);
  const std::string& refspec = command.arguments().back();
  const std::string id = refspec.substr(0, refspec.find(':'));
  const std::string ref = refspec.substr(refspec.find(':') + 1);
  pushed_ = CommitId::parse(id);
  if (ref == engine::GitCommands::branch_ref(branch_)) {
    commits_.push_back({"", "", id});
  } else {
    proposals_[ref] = id;
  }
  return exited(0, " \t" + refspec + "\t1..2\nDone\n");
}

// `... commit-tree -S -p <parent> -m <message> <tree>`.
ProcessResult MadeUpGit::sign(const Command& command) {
  const std::vector<std::string>& arguments = command.arguments();
  std::string parent;
  for (std::size_t index = 0; index + 1 < arguments.size(); ++index) {
    if (arguments[index] == "-p") {
      parent = arguments[index + 1];
    }
  }
  const GitRepository repository = engine::open_clone(clone_);
  return exited(0, write_commit(repository.get(), arguments.back(), parent, "Signer") + "\n");
}

std::vector<CommitId> MadeUpGit::ids() const {
  const std::scoped_lock lock(mutex_);
  return ids_;
}

std::optional<CommitId> MadeUpGit::pushed() const {
  const std::scoped_lock lock(mutex_);
  return pushed_;
}

std::optional<CommitId> MadeUpGit::ref(const std::string& name) const {
  const GitRepository repository = engine::open_clone(clone_);
  git_oid id{};
  if (!repository || git_reference_name_to_id(&id, repository.get(), name.c_str()) != 0) {
    return std::nullopt;
  }
  return CommitId::parse(hex_of(id));
}

void MadeUpGit::set_ref(const std::string& name, const CommitId& commit) const {
  const GitRepository repository = engine::open_clone(clone_);
  write_ref(repository.get(), name, commit.text());
}

}  // namespace test
