// The manifests of a repository, written down in a test, and what is told of a catalog's draft.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <stop_token>
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

// What is found in a tree, with the names that a catalog has already.
inline engine::CatalogDraft draft_of(const engine::ManifestTree& tree, const engine::LookAt& look,
                                     const engine::KnownNames& known = {},
                                     const std::stop_token& stop = {},
                                     const engine::ImageChoice& choice = {}) {
  return engine::draft_catalog(engine::find_image_groups(tree, look, choice, stop), tree, known);
}

// A manifest of one.
inline std::string deployment(const std::string& name, const std::string& image) {
  return "kind: Deployment\nmetadata: {name: " + name +
         "}\nspec: {template: {spec: {containers: [{name: main, image: \"" + image + "\"}]}}}\n";
}

// "<file> <what> <reason>" for each.
inline std::vector<std::string> unplaced_of(const engine::CatalogDraft& draft) {
  std::vector<std::string> out;
  for (const engine::SkippedItem& unplaced : draft.unplaced) {
    out.push_back(unplaced.file + " " + unplaced.what + " " + unplaced.reason);
  }
  return out;
}

// "<service> -> <file> <image><rest>" for each.
inline std::vector<std::string> services_of(
    const engine::CatalogDraft& draft,
    const std::function<std::string(const engine::DraftService&, const engine::DraftGroup&)>&
        rest) {
  std::vector<std::string> out;
  for (const engine::DraftService& service : draft.services) {
    const auto group =
        std::ranges::find(draft.groups, service.image_group, &engine::DraftGroup::name);
    out.push_back(service.name + " -> " + group->place.file + " " + group->place.image_name +
                  rest(service, *group));
  }
  return out;
}

}  // namespace test
