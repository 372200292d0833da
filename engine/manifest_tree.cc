#include "engine/manifest_tree.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <utility>

#include "engine/beside.h"
#include "engine/git_handles.h"
#include "engine/manifest_edit.h"
#include "engine/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

using GitOdb = GitHandle<git_odb, git_odb_free>;
using GitOdbObject = GitHandle<git_odb_object, git_odb_object_free>;

// More threads would wait for the same disk and pack.
constexpr std::size_t kThreads = 2;

struct Listed {
  ManifestFile file;
  git_oid blob{};
};

Failure unreadable(std::string_view what) {
  return fail(Code::internal,
              "Could not read " + std::string(what) +
                  " in the flux repository's clone: " + printable_line(last_git_error()) + ".",
              "Remove the clone's directory; it is cloned anew.");
}

Failure cancelled() {
  return fail(Code::cancelled, "The request was cancelled.");
}

struct OpenRepository {
  GitRepository repository;
  GitOdb odb;
};

Result<OpenRepository> open_repository(const fs::path& clone) {
  OpenRepository open;
  open.repository = open_clone(clone);
  if (open.repository) {
    open.odb = git_new<GitOdb>(git_repository_odb, open.repository.get());
  }
  if (!open.odb) {
    return unreadable(clone.string());
  }
  return open;
}

// Adds the entry of a tree to the list that `payload` is, if it matters.
int list_entry(const char* root, const git_tree_entry* entry, void* payload) {
  auto& list = *static_cast<std::vector<Listed>*>(payload);
  const git_filemode_t mode = git_tree_entry_filemode(entry);
  if (mode == GIT_FILEMODE_TREE) {
    return 0;
  }
  Listed listed;
  listed.file.path = std::string(root) + git_tree_entry_name(entry);
  listed.file.kind = mode == GIT_FILEMODE_LINK     ? TreeEntryKind::symbolic_link
                     : mode == GIT_FILEMODE_COMMIT ? TreeEntryKind::submodule
                                                   : TreeEntryKind::file;
  if (listed.file.kind != TreeEntryKind::file || is_manifest_path(listed.file.path)) {
    listed.blob = *git_tree_entry_id(entry);
    list.push_back(std::move(listed));
  }
  return 0;
}

Result<std::vector<Listed>> list_files(const OpenRepository& open, const CommitId& commit) {
  git_oid id{};
  git_oid_fromstrn(&id, commit.text().data(), commit.text().size());
  const GitCommit object = git_new<GitCommit>(git_commit_lookup, open.repository.get(), &id);
  const GitTree tree = object ? git_new<GitTree>(git_commit_tree, object.get()) : GitTree();
  std::vector<Listed> list;
  if (!tree || git_tree_walk(tree.get(), GIT_TREEWALK_PRE, list_entry, &list) != 0) {
    return unreadable("commit " + commit.text());
  }
  return list;
}

// Reads the facts of the files from `next` on, which threads share, with handles of its own.
Result<void> read_part(const fs::path& clone, std::vector<Listed>& list,
                       std::atomic<std::size_t>& next, const std::stop_token& stop) {
  constexpr std::size_t kChunk = 64;
  auto open = open_repository(clone);
  if (!open) {
    return failure_of(open);
  }
  for (std::size_t begin = next.fetch_add(kChunk); begin < list.size();
       begin = next.fetch_add(kChunk)) {
    if (stop.stop_requested()) {
      return cancelled();
    }
    for (std::size_t i = begin; i < std::min(begin + kChunk, list.size()); ++i) {
      ManifestFile& file = list[i].file;
      if (file.kind != TreeEntryKind::file) {
        continue;
      }
      const auto blob = git_new<GitOdbObject>(git_odb_read, open->odb.get(), &list[i].blob);
      if (!blob) {
        next = list.size();
        return unreadable(file.path);
      }
      const std::string_view bytes(static_cast<const char*>(git_odb_object_data(blob.get())),
                                   git_odb_object_size(blob.get()));
      if (bytes.size() > kMaxManifestBytes) {
        file.facts.problem = "it has " + std::to_string(bytes.size()) + " bytes, too many";
      } else {
        file.facts = read_manifest_facts(file.path, bytes);
      }
    }
  }
  return {};
}

}  // namespace

const std::vector<std::string>& ManifestTree::patterns() {
  static const std::vector<std::string> patterns = {"*.yaml", "*.yml", "*.json", "*Kustomization"};
  return patterns;
}

Result<ManifestTree> ManifestTree::read(const fs::path& clone, const CommitId& commit,
                                        const std::stop_token& stop) {
  auto open = open_repository(clone);
  if (!open) {
    return failure_of(open);
  }
  auto list = list_files(*open, commit);
  if (!list) {
    return failure_of(list);
  }
  std::atomic<std::size_t> next = 0;
  std::vector<std::future<Result<void>>> parts;
  for (std::size_t i = 0; i < kThreads; ++i) {
    parts.push_back(std::async(kBeside, [&] { return read_part(clone, *list, next, stop); }));
  }
  Result<void> read;
  for (std::future<Result<void>>& part : parts) {
    if (auto done = part.get(); !done) {
      read = std::move(done);
    }
  }
  if (!read) {
    return failure_of(read);
  }
  std::vector<ManifestFile> files;
  files.reserve(list->size());
  for (Listed& listed : *list) {
    files.push_back(std::move(listed.file));
  }
  return ManifestTree(std::move(files));
}

ManifestTree::ManifestTree(std::vector<ManifestFile> files) : files_(std::move(files)) {
  std::ranges::sort(files_, {}, &ManifestFile::path);
}

const ManifestFile* ManifestTree::find(std::string_view path) const {
  const auto found = std::ranges::lower_bound(
      files_, path, {}, [](const ManifestFile& file) { return std::string_view(file.path); });
  return found != files_.end() && found->path == path ? &*found : nullptr;
}

const ManifestFile* ManifestTree::kustomization_in(std::string_view directory) const {
  const std::string prefix = directory.empty() ? "" : std::string(directory) + "/";
  for (const char* name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
    const ManifestFile* file = find(prefix + name);
    if (file != nullptr && file->facts.kustomization) {
      return file;
    }
  }
  return nullptr;
}

bool ManifestTree::has_directory(std::string_view directory) const {
  if (directory.empty()) {
    return true;
  }
  const std::string prefix = std::string(directory) + "/";
  const auto found = std::ranges::lower_bound(files_, prefix, {}, &ManifestFile::path);
  return found != files_.end() && found->path.starts_with(prefix);
}

std::string directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::optional<std::string> resolve_path(std::string_view directory, std::string_view relative) {
  const fs::path joined = (fs::path(directory) / fs::path(relative)).lexically_normal();
  std::string text = joined.generic_string();
  if (text.ends_with('/')) {
    text.pop_back();
  }
  if (text == ".") {
    return std::string();
  }
  if (text == ".." || text.starts_with("../") || text.starts_with('/')) {
    return std::nullopt;
  }
  return text;
}

bool is_below(std::string_view path, std::string_view directory) {
  return directory.empty() || path == directory ||
         (path.starts_with(directory) && path[directory.size()] == '/');
}

}  // namespace engine
