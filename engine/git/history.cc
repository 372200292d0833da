// What GitObjectStore knows of the history.
#include <deque>
#include <set>
#include <utility>

#include "engine/git/commit_words.h"
#include "engine/git/object_store.h"

namespace engine {
namespace {

// A fetch brings what was made since the last one: far less than this.
constexpr std::size_t kMaxWalked = 20000;

// The id of what stands at a path in a commit; empty if there is nothing.
std::string entry_at(const git_commit* commit, const std::string& path) {
  const GitTree tree = git_new<GitTree>(git_commit_tree, commit);
  if (!tree) {
    return {};
  }
  const GitTreeEntry entry = git_new<GitTreeEntry>(git_tree_entry_bypath, tree.get(), path.c_str());
  return entry ? hex_of(*git_tree_entry_id(entry.get())) : std::string();
}

}  // namespace

bool GitObjectStore::contains(const CommitId& head, const CommitId& commit,
                              const CommitId& base) const {
  std::set<std::string, std::less<>> seen = {head.text(), base.text()};
  std::deque<std::string> pending = {head.text()};
  while (!pending.empty() && seen.size() < kMaxWalked) {
    const std::string text = pending.front();
    pending.pop_front();
    if (text == commit.text()) {
      return true;
    }
    const auto id = CommitId::parse(text);
    const GitCommit object = id ? find_commit(*id) : GitCommit();
    const unsigned parents = object ? git_commit_parentcount(object.get()) : 0;
    for (unsigned index = 0; index < parents; ++index) {
      std::string parent = hex_of(*git_commit_parent_id(object.get(), index));
      if (seen.insert(parent).second) {
        pending.push_back(std::move(parent));
      }
    }
  }
  return false;
}

std::optional<Authorship> GitObjectStore::last_change(const CommitId& head, const CommitId& base,
                                                      const RepositoryPath& path) const {
  GitCommit commit = find_commit(head);
  for (std::size_t count = 0; commit && count < kMaxWalked; ++count) {
    if (hex_of(*git_commit_id(commit.get())) == base.text()) {
      return std::nullopt;
    }
    GitCommit parent = git_new<GitCommit>(git_commit_parent, commit.get(), 0U);
    if (!parent || entry_at(commit.get(), path.text()) != entry_at(parent.get(), path.text())) {
      return authorship_of(commit.get());
    }
    commit = std::move(parent);
  }
  return std::nullopt;
}

std::optional<Authorship> GitObjectStore::authorship(const CommitId& commit) const {
  const GitCommit object = find_commit(commit);
  return object ? std::optional(authorship_of(object.get())) : std::nullopt;
}

std::optional<CommitDescription> GitObjectStore::describe(const CommitId& commit) const {
  const GitCommit object = find_commit(commit);
  if (!object) {
    return std::nullopt;
  }
  const auto email_of = [](const git_signature* who) {
    return who == nullptr ? std::string() : std::string(who->email);
  };
  CommitDescription description{.author_email = email_of(git_commit_author(object.get())),
                                .committer_email = email_of(git_commit_committer(object.get())),
                                .committer = committer_of(object.get()),
                                .subject = subject_of(object.get()),
                                .tree = hex_of(*git_commit_tree_id(object.get())),
                                .parents = {}};
  for (unsigned i = 0; i < git_commit_parentcount(object.get()); ++i) {
    if (auto parent = CommitId::parse(hex_of(*git_commit_parent_id(object.get(), i)))) {
      description.parents.push_back(std::move(*parent));
    }
  }
  return description;
}

}  // namespace engine
