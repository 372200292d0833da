#include "engine/effect/kustomization_walk.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>
#include <utility>

#include "engine/base/repository_path.h"
#include "engine/manifest/tree.h"

namespace engine {
namespace {

// How many directories are looked at; each takes a read or two.
constexpr std::size_t kMaxDirectories = 60;

// The path that a text of a kustomization means: "../base", or "values.yaml=config/values.yaml" of
// a generator.
std::optional<std::string> path_meant(const std::string& directory, std::string_view text) {
  text.remove_prefix(text.find('=') == std::string_view::npos ? 0 : text.find('=') + 1);
  const bool may_be = !text.empty() && text.size() <= 1024 &&
                      text.find("://") == std::string_view::npos &&
                      text.find('\n') == std::string_view::npos;
  return may_be ? resolve_path(directory, text) : std::nullopt;
}

// The paths that a kustomization names.
std::set<std::string> paths_named(const YamlSourceMap& yaml, const std::string& directory) {
  std::set<std::string> paths;
  for (YamlIndex index = 0; index < yaml.nodes().size(); ++index) {
    const auto text = yaml.kind(index) == YamlKind::scalar ? yaml.text(index) : std::nullopt;
    if (auto path = text ? path_meant(directory, *text) : std::nullopt) {
      paths.insert(std::move(*path));
    }
  }
  return paths;
}

class Walk {
 public:
  Walk(HeadFiles& head, const std::string& file) : head_(head), file_(file) {}

  Reach from(const std::string& directory) {
    add_outermost(directory);
    while (!next_.empty() && !found_ && !unknown_) {
      const std::string at = std::move(next_.back());
      next_.pop_back();
      visit(at);
    }
    const bool unclear = found_ ? sets_images_ : unknown_;
    return unclear ? Reach::unknown : found_ ? Reach::yes : Reach::no;
  }

 private:
  // Counts a directory; false where that is one too many.
  bool enter(const std::string& directory) {
    if (seen_.size() >= kMaxDirectories) {
      unknown_ = true;
      return false;
    }
    return seen_.insert(directory).second;
  }

  // The directory's kustomization, or, as Flux makes one, all manifests and the outermost
  // kustomizations below.
  void add_outermost(const std::string& directory) {
    const DirectoryEntries* const listed = head_.directory(directory);
    if (listed == nullptr || unknown_ || found_) {
      return;
    }
    if (kustomization_of(head_, directory)) {
      next_.push_back(directory);
      return;
    }
    if (!enter(directory)) {
      return;
    }
    unknown_ = listed->has_links;
    found_ = directory_of(file_) == directory;
    for (const std::string& name : listed->directories) {
      add_outermost(directory.empty() ? name : directory + "/" + name);
    }
  }

  void visit(const std::string& directory) {
    const auto kustomization = kustomization_of(head_, directory);
    if (!kustomization || !enter(directory)) {
      return;
    }
    if (*kustomization == file_) {
      found_ = true;
      return;
    }
    const YamlSourceMap* const yaml = head_.yaml(*kustomization);
    if (yaml == nullptr) {
      unknown_ = true;
      return;
    }
    sets_images_ = sets_images_ ||
                   (!yaml->documents().empty() && yaml->find(yaml->documents().front(), "images"));
    for (const std::string& path : paths_named(*yaml, directory)) {
      found_ = found_ || path == file_;
      if (head_.directory(path) != nullptr) {
        next_.push_back(path);
      } else if (const DirectoryEntries* const above = head_.directory(directory_of(path))) {
        const bool is_file = above->files.contains(std::string(file_name(path)));
        unknown_ = unknown_ || (!is_file && above->has_links);
      }
    }
  }

  HeadFiles& head_;
  const std::string& file_;
  std::vector<std::string> next_;
  std::set<std::string> seen_;
  bool found_ = false;
  bool unknown_ = false;
  bool sets_images_ = false;
};

}  // namespace

std::optional<std::string> kustomization_of(HeadFiles& head, const std::string& directory) {
  const DirectoryEntries* const listed = head.directory(directory);
  for (const char* const name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
    if (listed != nullptr && listed->files.contains(name)) {
      return directory.empty() ? name : directory + "/" + name;
    }
  }
  return std::nullopt;
}

bool names_path(HeadFiles& head, const std::string& kustomization, const std::string& path) {
  const YamlSourceMap* const yaml = head.yaml(kustomization);
  return yaml != nullptr && paths_named(*yaml, directory_of(kustomization)).contains(path);
}

Reach reaches(HeadFiles& head, const std::string& directory, const std::string& file) {
  return Walk(head, file).from(directory);
}

}  // namespace engine
