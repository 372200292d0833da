// The manifests of a repository, written down in a test, and what is told of a catalog's draft.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/discovery/catalog_builder.h"
#include "engine/manifest/read_summary.h"
#include "engine/manifest/tree.h"

namespace test {

using Files = std::map<std::string, std::string>;  // by path

// `omissions`: sentences on what was not read, see engine/manifest/tree.h.
inline engine::ManifestTree tree_of(const Files& files, std::vector<std::string> omissions = {}) {
  std::vector<engine::ManifestFile> out;
  for (const auto& [path, bytes] : files) {
    out.push_back({path, engine::TreeEntryKind::file, engine::read_manifest_summary(path, bytes)});
  }
  return engine::ManifestTree(std::move(out), std::move(omissions));
}

// "<file> <what> <reason>" for each.
inline std::vector<std::string> unplaced_of(const engine::CatalogDraft& draft) {
  std::vector<std::string> out;
  for (const engine::SkippedItem& unplaced : draft.unplaced) {
    out.push_back(unplaced.file + " " + unplaced.what + " " + unplaced.reason);
  }
  return out;
}

}  // namespace test
