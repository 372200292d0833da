#include "engine/manifest/tree.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <utility>

#include "engine/base/beside.h"
#include "engine/git/handles.h"
#include "engine/git/manifest_blob.h"
#include "engine/manifest/read_summary.h"
#include "engine/manifest/tree_listing.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// More threads would wait for the same disk and pack.
constexpr std::size_t kThreads = 2;

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
    return unreadable_object(clone.string());
  }
  return open;
}

// How much the manifests that were read have so far, by all threads.
struct Total {
  std::atomic<std::size_t> bytes = 0;
  std::atomic<std::size_t> summary = 0;

  bool is_over(const ManifestLimits& limits) const {
    return bytes > limits.bytes || summary > limits.summary;
  }
};

struct Part {
  std::size_t bytes = 0;
  std::size_t summary = 0;
};

std::size_t count_workloads(const std::vector<Workload>& workloads) {
  std::size_t count = workloads.size();
  for (const Workload& workload : workloads) {
    count += workload.containers.size() + workload.labels.size() + workload.annotations.size();
  }
  return count;
}

std::size_t count_operations(const std::vector<PatchOperation>& operations) {
  std::size_t count = operations.size();
  for (const PatchOperation& operation : operations) {
    count += operation.texts.size();
  }
  return count;
}

std::size_t count_kustomization(const KustomizationFile& file) {
  std::size_t count = file.resources.size() + file.components.size() + file.patches.size() +
                      file.images.size() + file.labels.size() + file.annotations.size();
  for (const ImagePatch& patch : file.patches) {
    const PatchContent& content = patch.content;
    count += count_workloads(content.workloads) + count_operations(content.operations) +
             content.helm_tags.size() + content.flux_paths.size();
  }
  return count;
}

std::size_t count_items(const ManifestSummary& summary) {
  std::size_t count = summary.flux.size() + summary.helm_tags.size() +
                      count_workloads(summary.workloads) + count_operations(summary.operations);
  for (const auto& [index, additions] : summary.flux_additions) {
    count += count_kustomization(additions);
  }
  return count + (summary.kustomization ? count_kustomization(*summary.kustomization) : 0);
}

// Reads the files of a list; threads share one, each with handles of its own.
class Reading {
 public:
  Reading(std::vector<ListedFile> list, const ManifestLimits& limits, const std::stop_token& stop)
      : list_(std::move(list)),
        limits_(limits),
        stop_(stop),
        files_(list_.size()),
        parts_(list_.size()) {
    for (std::size_t i = 0; i < list_.size(); ++i) {
      files_[i].path = std::move(list_[i].path);
      files_[i].kind = list_[i].kind;
    }
  }

  // Until nothing is left, or too much was read.
  Result<void> run(const fs::path& clone) {
    auto open = open_repository(clone);
    RETURN_IF_FAILED(open);
    constexpr std::size_t kChunk = 64;
    // A chunk is read to its end, so that what was read is all that comes first in the list.
    for (std::size_t begin = next_.fetch_add(kChunk);
         begin < list_.size() && !total_.is_over(limits_); begin = next_.fetch_add(kChunk)) {
      for (std::size_t i = begin; i < std::min(begin + kChunk, list_.size()); ++i) {
        if (auto read = read_file(open->odb.get(), i); !read) {
          next_ = list_.size();
          return read;
        }
      }
    }
    return {};
  }

  // Forgets what comes after the limit, so that the threads' order does not matter; says how many
  // files that were.
  std::size_t cut() {
    Part sum;
    std::size_t kept = 0;
    for (; kept < list_.size(); ++kept) {
      sum.bytes += parts_[kept].bytes;
      sum.summary += parts_[kept].summary;
      if (sum.bytes > limits_.bytes || sum.summary > limits_.summary) {
        break;
      }
    }
    std::size_t left = 0;
    for (std::size_t i = kept; i < list_.size(); ++i) {
      files_[i].summary = {};
      left += files_[i].kind == TreeEntryKind::file ? 1 : 0;
    }
    return left;
  }

  // In the order of the list.
  std::vector<ManifestFile> take_files() { return std::move(files_); }

 private:
  Result<void> read_file(git_odb* odb, std::size_t index) {
    if (stop_.stop_requested()) {
      return cancelled();
    }
    ManifestFile& file = files_[index];
    if (file.kind != TreeEntryKind::file) {
      return {};
    }
    const auto blob = ManifestBlob::read(odb, list_[index].blob);
    if (!blob) {
      return note_fault(blob.error(), file);
    }
    file.summary = read_manifest_summary(file.path, blob->bytes(), stop_);
    parts_[index] = {blob->bytes().size(), count_items(file.summary)};
    total_.bytes += parts_[index].bytes;
    total_.summary += parts_[index].summary;
    return stop_.stop_requested() ? Result<void>(cancelled()) : Result<void>();
  }

  static Result<void> note_fault(const BlobFault& fault, ManifestFile& file) {
    switch (fault.kind) {
      case BlobFault::Kind::too_large:
        file.summary.problem = "it has " + std::to_string(fault.size) + " bytes, too many";
        return {};
      case BlobFault::Kind::lfs_pointer:
        file.summary.problem = "it is a Git LFS pointer, not a manifest";
        return {};
      case BlobFault::Kind::unreadable:
        break;
    }
    return unreadable_object(file.path);
  }

  std::vector<ListedFile> list_;
  const ManifestLimits& limits_;
  const std::stop_token& stop_;
  std::vector<ManifestFile> files_;
  std::vector<Part> parts_;
  std::atomic<std::size_t> next_ = 0;
  Total total_;
};

}  // namespace

const std::vector<std::string>& ManifestTree::patterns() {
  static const std::vector<std::string> patterns = {"*.yaml", "*.yml", "*.json", "*Kustomization"};
  return patterns;
}

Result<ManifestTree> ManifestTree::read(const fs::path& clone, const CommitId& commit,
                                        const std::stop_token& stop, const ManifestLimits& limits) {
  auto open = open_repository(clone);
  RETURN_IF_FAILED(open);
  auto listing = list_tree(open->repository.get(), open->odb.get(), commit, stop);
  RETURN_IF_FAILED(listing);
  Reading reading(std::move(listing->files), limits, stop);
  std::vector<std::future<Result<void>>> parts;
  for (std::size_t i = 0; i < kThreads; ++i) {
    parts.push_back(std::async(kBeside, [&] { return reading.run(clone); }));
  }
  Result<void> read;
  for (std::future<Result<void>>& part : parts) {
    if (auto done = part.get(); !done) {
      read = std::move(done);
    }
  }
  RETURN_IF_FAILED(read);
  if (const std::size_t left = reading.cut(); left > 0) {
    listing->omissions.push_back("not read: " + std::to_string(left) +
                                 " manifests, since those before them are too large together");
  }
  return ManifestTree(reading.take_files(), std::move(listing->omissions));
}

ManifestTree::ManifestTree(std::vector<ManifestFile> files, std::vector<std::string> omissions)
    : files_(std::move(files)), omissions_(std::move(omissions)) {
  if (!std::ranges::is_sorted(files_, {}, &ManifestFile::path)) {
    std::ranges::sort(files_, {}, &ManifestFile::path);
  }
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
    if (file != nullptr && file->summary.kustomization) {
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

std::optional<std::string> resolve_path(std::string_view directory, std::string_view relative) {
  constexpr std::size_t kMaxPath = 4096;
  if (relative.size() > kMaxPath) {
    return std::nullopt;
  }
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
