#include "engine/checkout/changes.h"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/file_below.h"
#include "engine/checkout/index.h"
#include "engine/checkout/work_tree_files.h"

namespace engine {
namespace {

constexpr std::size_t kMaxIndex = std::size_t{128} << 20U;
// All trees between the root and a file, together.
constexpr std::size_t kMaxTrees = std::size_t{64} << 20U;
constexpr std::size_t kIdSize = 20;

// One entry of a tree's bytes: "<mode> <name>\0<id>".
struct TreeEntry {
  std::uint32_t mode = 0;
  std::string_view name;
  git_oid id{};
};

// Cuts the first entry off; nothing if the bytes are broken.
std::optional<TreeEntry> take_entry(std::string_view& bytes) {
  TreeEntry entry;
  const auto space = bytes.find(' ');
  const auto end = bytes.find('\0');
  if (end == std::string_view::npos || space > end || bytes.size() - end <= kIdSize) {
    return std::nullopt;
  }
  constexpr int kOctal = 8;
  if (std::from_chars(bytes.data(), bytes.data() + space, entry.mode, kOctal).ec != std::errc()) {
    return std::nullopt;
  }
  entry.name = bytes.substr(space + 1, end - space - 1);
  git_oid_fromraw(&entry.id, reinterpret_cast<const unsigned char*>(bytes.data() + end + 1));
  bytes.remove_prefix(end + 1 + kIdSize);
  return entry;
}

// Compares HEAD's tree with the index, both of which are in the same order, up to the first
// difference.
class StagedChanges {
 public:
  StagedChanges(const ProjectObjects& objects, const IndexReader& index,
                const std::stop_token& stop)
      : objects_(objects), index_(index), stop_(stop) {
    advance();
  }

  Changes find(const git_oid& root) {
    const Changes found = compare("", root, 0);
    return found == Changes::none && entry_ ? Changes::some : found;
  }

 private:
  void advance() {
    if (!entry_) {
      entry_.emplace();
    }
    if (!index_.next(*entry_)) {
      entry_.reset();
    }
  }

  Changes compare(const std::string& directory, const git_oid& id, std::size_t held) {
    const auto tree = objects_.read_tree(id);
    if (!tree) {
      return Changes::unknown;
    }
    std::string_view bytes(static_cast<const char*>(git_odb_object_data(tree->get())),
                           git_odb_object_size(tree->get()));
    held += bytes.size();
    if (held > kMaxTrees) {
      return Changes::unknown;
    }
    while (!bytes.empty()) {
      const auto there = take_entry(bytes);
      if (!there || stop_.stop_requested()) {
        return Changes::unknown;
      }
      if (const Changes found = compare(directory, *there, held); found != Changes::none) {
        return found;
      }
    }
    return Changes::none;
  }

  Changes compare(const std::string& directory, const TreeEntry& there, std::size_t held) {
    if (!entry_) {
      return Changes::some;
    }
    std::string path = directory + std::string(there.name);
    if (there.mode == kModeDirectory) {
      path += '/';
      if (entry_->path.starts_with(path) && entry_->path != path) {
        return compare(path, there.id, held);
      }
    }
    // Git has written a file that its group may write as 0100664.
    const std::uint32_t mode = there.mode == 0100664 ? kModeFile : there.mode;
    if (entry_->path != path || entry_->mode != mode || entry_->conflict ||
        git_oid_equal(&entry_->id, &there.id) == 0) {
      return Changes::some;
    }
    advance();
    return Changes::none;
  }

  const ProjectObjects& objects_;
  IndexReader index_;
  const std::stop_token& stop_;
  std::optional<IndexEntry> entry_;
};

Changes find_staged(const ProjectObjects& objects, const IndexReader& index, const git_oid& head,
                    const std::stop_token& stop) {
  const auto commit = objects.read_commit(head);
  if (!commit) {
    return Changes::unknown;
  }
  if (index.tree() && git_oid_equal(&*index.tree(), &commit->tree) != 0) {
    return Changes::none;
  }
  return StagedChanges(objects, index, stop).find(commit->tree);
}

// Git takes all files of HEAD for removed.
Changes without_index(const ProjectObjects& objects, const git_oid& head) {
  const auto commit = objects.read_commit(head);
  if (!commit) {
    return Changes::unknown;
  }
  const auto tree = objects.read_tree(commit->tree);
  if (!tree) {
    return Changes::unknown;
  }
  return git_odb_object_size(tree->get()) == 0 ? Changes::none : Changes::some;
}

// A submodule that was moved to another commit than the index has; what has changed inside is its
// own affair, and one that is not checked out has not moved.
bool has_moved(const ProjectRepository& repository, int root, const IndexEntry& entry) {
  if (!status_below(root, entry.path + "/.git")) {
    return false;
  }
  const auto submodule = find_project_repository(repository.root / entry.path);
  if (!submodule) {
    return false;
  }
  const auto head = read_head_ref(*submodule);
  const auto id = head && head->commit ? sha1_of(*head->commit) : std::nullopt;
  return id && git_oid_equal(&*id, &entry.id) == 0;
}

Changes find_in_work_tree(const ProjectRepository& repository, IndexReader index,
                          const FileTime& index_written, const std::stop_token& stop) {
  const auto root = open_directory(repository.root);
  if (!root) {
    return Changes::unknown;
  }
  WorkTreeFiles files(root->get(), index_written);
  IndexEntry entry;
  while (index.next(entry)) {
    if (stop.stop_requested()) {
      return Changes::unknown;
    }
    if (entry.conflict) {
      return Changes::some;
    }
    if (entry.mode == kModeSubmodule && !entry.not_looked_at &&
        has_moved(repository, root->get(), entry)) {
      return Changes::some;
    }
    const bool is_file =
        entry.mode == kModeFile || entry.mode == kModeProgram || entry.mode == kModeLink;
    if (is_file && !entry.not_looked_at &&
        files.compare(entry) == WorkTreeFiles::State::different) {
      return Changes::some;
    }
  }
  return Changes::none;
}

}  // namespace

Changes find_changes(const ProjectRepository& repository, const ProjectObjects& objects,
                     const git_oid& head, const std::stop_token& stop) {
  const auto file = read_below(repository.git.get(), "index", kMaxIndex);
  if (!file) {
    return file.error().kind == FileFault::Kind::missing ? without_index(objects, head)
                                                         : Changes::unknown;
  }
  const auto index = IndexReader::open(file->bytes);
  if (!index) {
    return Changes::unknown;
  }
  const Changes staged = find_staged(objects, *index, head, stop);
  if (staged == Changes::some) {
    return staged;
  }
  const Changes here = find_in_work_tree(repository, *index, modified(file->status), stop);
  return here == Changes::none ? staged : here;
}

}  // namespace engine
