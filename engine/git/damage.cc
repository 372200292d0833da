#include "engine/git/damage.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <fstream>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/limits.h"
#include "engine/git/handles.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

using GitTag = GitHandle<git_tag, git_tag_free>;

// An id whose bytes can be compared.
using Id = std::array<unsigned char, GIT_OID_RAWSZ>;

Id key_of(const git_oid& oid) {
  Id id{};
  std::copy_n(oid.id, id.size(), id.begin());
  return id;
}

// Whether the repository may lack what its remote has promised (git's partial clones).
bool is_partial(git_repository* repository) {
  const GitConfig config = git_new<GitConfig>(git_repository_config_snapshot, repository);
  int promisor = 0;
  const char* extension = nullptr;
  return config &&
         (git_config_get_bool(&promisor, config.get(), "remote.origin.promisor") == 0 ||
          git_config_get_string(&extension, config.get(), "extensions.partialclone") == 0);
}

// The commits at which a shallow history ends.
std::set<std::string> shallow_ends(const fs::path& clone) {
  std::set<std::string> ends;
  std::ifstream file(clone / ".git/shallow");
  for (std::string line; std::getline(file, line);) {
    ends.insert(line);
  }
  return ends;
}

// HEAD and every ref, loose ones by their files: libgit2 passes over those that it cannot read.
// Nothing where they cannot be listed.
std::optional<std::set<std::string>> list_refs(git_repository* repository, const fs::path& clone) {
  git_strarray listed{};
  if (git_reference_list(&listed, repository) != 0) {
    return std::nullopt;
  }
  std::set<std::string> names(listed.strings, listed.strings + listed.count);
  git_strarray_dispose(&listed);
  names.insert("HEAD");
  std::error_code error;
  const fs::path git_directory = clone / ".git";
  for (fs::recursive_directory_iterator entry(git_directory / "refs", error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code unknown;
    if (entry->is_regular_file(unknown) && entry->path().extension() != ".lock") {
      names.insert(entry->path().lexically_relative(git_directory).generic_string());
    }
  }
  return names;
}

class DamageSearch {
 public:
  DamageSearch(const fs::path& clone, const std::function<bool()>& go_on)
      : clone_(clone), go_on_(go_on), repository_(open_clone(clone)) {}

  std::optional<std::string> run() {
    if (!repository_) {
      return "it cannot be opened";
    }
    odb_ = git_new<GitOdb>(git_repository_odb, repository_.get());
    const auto refs = list_refs(repository_.get(), clone_);
    if (!odb_ || !refs) {
      return "its refs or its objects cannot be read";
    }
    partial_ = is_partial(repository_.get());
    shallow_ends_ = shallow_ends(clone_);
    for (const std::string& name : *refs) {
      look_at_ref(name);
    }
    while (!damage_ && !left_.empty() && go_on_()) {
      const Task task = left_.back();
      left_.pop_back();
      look_at(task);
    }
    return damage_;
  }

 private:
  struct Task {
    git_oid id;
    bool files;  // of a commit that a ref names
  };

  void look_at_ref(const std::string& name) {
    git_reference* found = nullptr;
    const int result = git_reference_lookup(&found, repository_.get(), name.c_str());
    const GitReference ref(found);
    if (result == GIT_EINVALIDSPEC) {
      return;  // a file that git does not take for a ref either
    }
    if (!ref) {
      damage_ = "its ref " + name + " cannot be read";
      return;
    }
    // One that names another ref may lead nowhere, as HEAD of a new repository does.
    const git_oid* const id = git_reference_target(ref.get());
    if (id != nullptr && git_odb_exists(odb_.get(), id) == 0) {
      damage_ = "its ref " + name + " names nothing";
    } else if (id != nullptr) {
      add(*id, true);
    }
  }

  void add(const git_oid& id, bool files) {
    if ((files ? with_files_ : without_files_).insert(key_of(id)).second) {
      left_.push_back({id, files});
    }
  }

  void look_at(const Task& task) {
    std::size_t size = 0;
    git_object_t type = GIT_OBJECT_INVALID;
    if (git_odb_read_header(&size, &type, odb_.get(), &task.id) != 0) {
      const bool there = git_odb_exists(odb_.get(), &task.id) != 0;
      note(task.id, !there && partial_, there ? "cannot be read" : "is missing");
      return;
    }
    const bool readable = size > kMaxManifestBytes || look_into(task, type);
    note(task.id, readable, "cannot be read");
  }

  bool look_into(const Task& task, git_object_t type) {
    switch (type) {
      case GIT_OBJECT_COMMIT:
        return look_at_commit(task);
      case GIT_OBJECT_TREE:
        return look_at_tree(task.id);
      case GIT_OBJECT_TAG:
        return look_at_tag(task.id);
      default:
        return git_new<GitOdbObject>(git_odb_read, odb_.get(), &task.id) != nullptr;
    }
  }

  bool look_at_commit(const Task& task) {
    const GitCommit commit = git_new<GitCommit>(git_commit_lookup, repository_.get(), &task.id);
    if (!commit) {
      return false;
    }
    if (task.files) {
      add(*git_commit_tree_id(commit.get()), true);
    }
    const unsigned int parents = git_commit_parentcount(commit.get());
    if (parents > 0 && !shallow_ends_.contains(hex_of(task.id))) {
      for (unsigned int i = 0; i < parents; ++i) {
        add(*git_commit_parent_id(commit.get(), i), false);
      }
    }
    return true;
  }

  bool look_at_tree(const git_oid& id) {
    const GitTree tree = git_new<GitTree>(git_tree_lookup, repository_.get(), &id);
    const std::size_t count = tree ? git_tree_entrycount(tree.get()) : 0;
    for (std::size_t i = 0; i < count; ++i) {
      const git_tree_entry* const entry = git_tree_entry_byindex(tree.get(), i);
      if (git_tree_entry_filemode(entry) != GIT_FILEMODE_COMMIT) {  // no submodule
        add(*git_tree_entry_id(entry), true);
      }
    }
    return tree != nullptr;
  }

  bool look_at_tag(const git_oid& id) {
    const GitTag tag = git_new<GitTag>(git_tag_lookup, repository_.get(), &id);
    if (tag) {
      add(*git_tag_target_id(tag.get()), true);
    }
    return tag != nullptr;
  }

  void note(const git_oid& id, bool sound, std::string_view what) {
    if (!sound) {
      damage_ = "its object " + hex_of(id) + " " + std::string(what);
    }
  }

  const fs::path& clone_;
  const std::function<bool()>& go_on_;
  GitRepository repository_;
  GitOdb odb_;
  bool partial_ = false;
  std::set<std::string> shallow_ends_;
  std::set<Id> with_files_;
  std::set<Id> without_files_;
  std::vector<Task> left_;
  std::optional<std::string> damage_;
};

}  // namespace

std::optional<std::string> find_damage(const fs::path& clone, const std::function<bool()>& go_on) {
  return DamageSearch(clone, go_on).run();
}

}  // namespace engine
