#include "engine/discovery/flux_clusters.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "engine/base/repository_path.h"
#include "engine/text/split.h"

namespace engine {
namespace {

// A Flux Kustomization of this repository, whichever branch its source follows.
struct Defined {
  std::string_view file;
  std::string_view directory;  // that it applies
  std::string name;            // with its namespace
  bool is_bootstrap = false;   // what `flux bootstrap` makes
};

std::vector<Defined> defined_in(const FluxWiring& wiring) {
  std::vector<Defined> all;
  const auto add = [&](const ManifestFile& file, const std::string& directory,
                       const FluxKustomization& flux, bool with_source) {
    all.push_back({file.path, directory, flux.namespace_name.value_or("") + "/" + flux.name,
                   with_source || flux.name == "flux-system"});
  };
  for (const FluxApplication& application : wiring.applications()) {
    add(*application.file, application.directory, *application.flux,
        application.source_file == application.file);
  }
  for (const FluxStranger& stranger : wiring.strangers()) {
    if (stranger.directory) {
      add(*stranger.file, *stranger.directory, *stranger.flux, false);
    }
  }
  return all;
}

// "a/clusters/live/x/y.yaml" -> "a/clusters/live"
std::optional<std::string> below_clusters(std::string_view file) {
  std::size_t begin = 0;
  for (auto slash = file.find('/'); slash != std::string_view::npos;
       slash = file.find('/', begin)) {
    const std::string_view component = file.substr(begin, slash - begin);
    begin = slash + 1;
    const auto next = file.find('/', begin);
    if ((component == "clusters" || component == "cluster") && next != std::string_view::npos) {
      return std::string(file.substr(0, next));
    }
  }
  return std::nullopt;
}

// Where two paths differ in one component, what leads up to and through it in the first.
std::optional<std::string> differing_part(std::string_view one, std::string_view other) {
  const auto a = split(one, '/');
  const auto b = split(other, '/');
  if (a.size() != b.size()) {
    return std::nullopt;
  }
  const auto [first, second] = std::ranges::mismatch(a, b);
  if (first == a.end() || !std::equal(first + 1, a.end(), second + 1)) {
    return std::nullopt;
  }
  return std::string(
      one.substr(0, static_cast<std::size_t>(first->data() - one.data()) + first->size()));
}

class Clusters {
 public:
  explicit Clusters(std::vector<Defined> all) : all_(std::move(all)) {
    std::ranges::sort(all_, {}, [](const Defined& one) { return std::pair(one.name, one.file); });
    for (const Defined& one : all_) {
      by_directory_[std::string(one.directory)].push_back(one.file);
    }
  }

  std::vector<std::string> entries() {
    for (const Defined& one : all_) {
      if (one.is_bootstrap && !one.directory.empty() && is_below(one.file, one.directory)) {
        entries_.emplace(one.directory);
      } else if (auto cluster = below_clusters(one.file)) {
        entries_.insert(std::move(*cluster));
      }
    }
    add_namesakes();
    drop_inner();
    std::erase_if(entries_, [&](const std::string& entry) { return is_applied_elsewhere(entry); });
    return entries_.size() < 2 ? std::vector<std::string>()
                               : std::vector<std::string>(entries_.begin(), entries_.end());
  }

 private:
  void add_namesakes() {
    for (std::size_t i = 1; i < all_.size(); ++i) {
      const Defined& one = all_[i - 1];
      const Defined& other = all_[i];
      // What differs is a directory, not the file's own name.
      const std::string directory = directory_of(one.file);
      const std::string other_directory = directory_of(other.file);
      if (one.name != other.name || directory == other_directory) {
        continue;
      }
      auto mine = differing_part(directory, other_directory);
      auto theirs = differing_part(other_directory, directory);
      if (mine && theirs) {
        entries_.insert(std::move(*mine));
        entries_.insert(std::move(*theirs));
      }
    }
  }

  void drop_inner() {
    const std::set<std::string> all = entries_;
    std::erase_if(entries_, [&](std::string entry) {
      while (!entry.empty()) {
        entry = directory_of(entry);
        if (!entry.empty() && all.contains(entry)) {
          return true;
        }
      }
      return false;
    });
  }

  // Whether something outside of it applies it: then it is part of what that belongs to.
  bool is_applied_elsewhere(const std::string& entry) const {
    for (std::string above = entry;; above = directory_of(above)) {
      const auto applying = by_directory_.find(above);
      if (applying != by_directory_.end() && !above.empty() &&
          std::ranges::any_of(applying->second,
                              [&](std::string_view file) { return !is_below(file, entry); })) {
        return true;
      }
      if (above.empty()) {
        return false;
      }
    }
  }

  std::vector<Defined> all_;
  std::map<std::string, std::vector<std::string_view>, std::less<>> by_directory_;
  std::set<std::string> entries_;
};

}  // namespace

std::vector<std::string> cluster_entries(const FluxWiring& wiring) {
  return Clusters(defined_in(wiring)).entries();
}

}  // namespace engine
