#include "engine/manifest/flux_manifest.h"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <utility>

#include "engine/manifest/limits.h"

namespace engine {
namespace {

using Index = YamlReader::Index;

constexpr std::string_view kKustomizeApi = "kustomize.toolkit.fluxcd.io/";
constexpr std::string_view kSourceApi = "source.toolkit.fluxcd.io/";
constexpr std::string_view kExtensionsApi = "source.extensions.fluxcd.io/";
// What Flux follows where a GitRepository does not say.
constexpr const char* kDefaultBranch = "master";
constexpr std::size_t kMaxUrlBytes = 2048;
constexpr std::size_t kMaxPathBytes = 4096;

class ObjectReader {
 public:
  ObjectReader(const YamlReader& yaml, Index object) : yaml_(yaml), object_(object) {}

  // A text along the keys, of at most so many bytes; empty, and a problem, for a longer one.
  std::string text(Index node, std::initializer_list<std::string_view> keys, std::size_t most) {
    const auto found = yaml_.text(yaml_.find(node, keys));
    if (found && found->size() > most) {
      problem = "a name in it has more than " + std::to_string(most) + " bytes";
      return {};
    }
    return std::string(found.value_or(""));
  }
  std::string name(Index node, std::initializer_list<std::string_view> keys) {
    return text(node, keys, kMaxNameBytes);
  }
  std::optional<std::string> optional_name(Index node,
                                           std::initializer_list<std::string_view> keys) {
    std::string found = name(node, keys);
    return found.empty() ? std::nullopt : std::optional(std::move(found));
  }

  FluxReference reference(Index node) {
    return {name(node, {"kind"}), name(node, {"name"}), optional_name(node, {"namespace"})};
  }

  void read_kustomization(FluxManifest& out) {
    FluxKustomization flux;
    flux.name = name(object_, {"metadata", "name"});
    flux.namespace_name = optional_name(object_, {"metadata", "namespace"});
    flux.path = text(object_, {"spec", "path"}, kMaxPathBytes);
    flux.interval = optional_name(object_, {"spec", "interval"});
    flux.target_namespace = optional_name(object_, {"spec", "targetNamespace"});
    if (const auto source = yaml_.find(object_, {"spec", "sourceRef"})) {
      flux.source = reference(*source);
    }
    const bool is_patch = flux.path.empty() && flux.source.kind.empty() && flux.source.name.empty();
    if (!problem && !flux.name.empty() && !is_patch) {
      out.kustomizations.push_back(std::move(flux));
    }
  }

  void read_git_repository(FluxManifest& out) {
    FluxGitRepository source;
    source.name = name(object_, {"metadata", "name"});
    source.namespace_name = optional_name(object_, {"metadata", "namespace"});
    const std::string url = text(object_, {"spec", "url"}, kMaxUrlBytes);
    if (url.find("${") == std::string::npos) {
      source.url = RemoteUrl(url);
    }
    read_followed(source);
    // What has no URL is a patch of one.
    if (!problem && !source.name.empty() && !url.empty()) {
      out.git_repositories.push_back(std::move(source));
    }
  }

  void read_generator(FluxManifest& out) {
    std::map<std::string, FluxReference, std::less<>> sources;
    for (const Index source : yaml_.items(yaml_.find(object_, {"spec", "sources"}))) {
      sources.emplace(name(source, {"alias"}), reference(source));
    }
    const auto own = optional_name(object_, {"metadata", "namespace"});
    for (const Index item : yaml_.items(yaml_.find(object_, {"spec", "artifacts"}))) {
      FluxArtifact artifact;
      artifact.name = name(item, {"name"});
      artifact.namespace_name = own;
      for (const Index copy : yaml_.items(yaml_.find(item, "copy"))) {
        read_copy(copy, sources, artifact);
      }
      if (!problem && !artifact.name.empty()) {
        out.artifacts.push_back(std::move(artifact));
      }
    }
  }

  std::optional<std::string> problem;

 private:
  // In the order in which Flux looks at them.
  void read_followed(FluxGitRepository& source) {
    constexpr std::string_view kHeads = "refs/heads/";
    const std::string full = name(object_, {"spec", "ref", "name"});
    if (const std::string commit = name(object_, {"spec", "ref", "commit"}); !commit.empty()) {
      source.follows = "the commit " + commit;
    } else if (full.starts_with(kHeads)) {
      source.branch = full.substr(kHeads.size());
    } else if (!full.empty()) {
      source.follows = full;
    } else {
      for (const char* const kind : {"semver", "tag"}) {
        if (const std::string value = name(object_, {"spec", "ref", kind}); !value.empty()) {
          source.follows = "the " + std::string(kind) + " " + value;
          return;
        }
      }
      const auto branch = optional_name(object_, {"spec", "ref", "branch"});
      source.branch = branch ? *branch : kDefaultBranch;
    }
    if (source.branch) {
      source.follows = "the branch " + *source.branch;
    }
  }

  // "@alias/apps/papi/**" to "@artifact/papi/". A pattern for some of the files is taken for all of
  // its directory.
  void read_copy(Index copy, const std::map<std::string, FluxReference, std::less<>>& sources,
                 FluxArtifact& artifact) {
    std::string from = text(copy, {"from"}, kMaxPathBytes);
    std::string to = text(copy, {"to"}, kMaxPathBytes);
    constexpr std::string_view kArtifact = "@artifact";
    const auto slash = std::min(from.find('/'), from.size());
    const auto source =
        from.starts_with('@') ? sources.find(from.substr(1, slash - 1)) : sources.end();
    if (source == sources.end() || !to.starts_with(kArtifact)) {
      return;
    }
    to.erase(0, kArtifact.size());
    from.erase(0, std::min(slash + 1, from.size()));
    const auto pattern = from.find_first_of("*?[{");
    if (pattern != std::string::npos) {
      const auto directory = from.rfind('/', pattern);
      from.resize(directory == std::string::npos ? 0 : directory);
    } else {
      // A directory by name is copied with its name into a directory, and to any other name as
      // that.
      while (from.ends_with('/')) {
        from.pop_back();
      }
      if (to.empty() || to.ends_with('/')) {
        to += "/" + from.substr(from.rfind('/') + 1);
      }
    }
    to.erase(0, std::min(to.find_first_not_of('/'), to.size()));
    artifact.copies.push_back({source->second, std::move(from), std::move(to)});
  }

  const YamlReader& yaml_;
  Index object_;
};

FluxFields bit_of(std::string_view field) {
  const auto found = std::ranges::find(kFluxFields, field);
  return found == kFluxFields.end()
             ? FluxFields{0}
             : static_cast<FluxFields>(1U << static_cast<unsigned>(found - kFluxFields.begin()));
}

constexpr FluxFields kAllFields = (1U << kFluxFields.size()) - 1U;

}  // namespace

std::vector<std::string> names_of(FluxFields fields) {
  std::vector<std::string> names;
  for (const std::string_view field : kFluxFields) {
    if ((fields & bit_of(field)) != 0) {
      names.emplace_back(field);
    }
  }
  return names;
}

FluxFields fields_patched(const YamlReader& yaml, YamlReader::Index document) {
  unsigned fields = 0;
  for (const Index operation : yaml.items(document)) {
    constexpr std::string_view kSpec = "/spec";
    std::string_view pointer = yaml.text(yaml.find(operation, "path")).value_or("/");
    if (pointer.empty() || pointer == kSpec) {
      fields |= kAllFields;
    } else if (pointer.starts_with("/spec/")) {
      pointer.remove_prefix(kSpec.size() + 1);
      fields |= bit_of(pointer.substr(0, pointer.find('/')));
    }
  }
  const std::string_view api = yaml.text(yaml.find(document, "apiVersion")).value_or("");
  if (is_flux_api(api)) {
    for (const auto& [key, value] : yaml.entries(yaml.find(document, "spec"))) {
      fields |= bit_of(key);
    }
  }
  return static_cast<FluxFields>(fields);
}

std::size_t FluxManifest::size() const {
  std::size_t count = kustomizations.size() + git_repositories.size() + artifacts.size();
  for (const FluxArtifact& artifact : artifacts) {
    count += artifact.copies.size();
  }
  return count;
}

bool may_be_flux(std::string_view bytes) {
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{kKustomizeApi, kSourceApi, kExtensionsApi},
      [&](std::string_view api) {
        return bytes.find(api.substr(0, api.size() - 1)) != std::string_view::npos;
      });
}

bool is_flux_api(std::string_view api_version) {
  return api_version.starts_with(kKustomizeApi) || api_version.starts_with(kSourceApi) ||
         api_version.starts_with(kExtensionsApi);
}

std::optional<std::string> read_flux_object(const YamlReader& yaml, YamlReader::Index object,
                                            FluxManifest& out) {
  const std::string_view api = yaml.text(yaml.find(object, "apiVersion")).value_or("");
  const std::string_view kind = yaml.text(yaml.find(object, "kind")).value_or("");
  ObjectReader reader(yaml, object);
  if (api.starts_with(kKustomizeApi) && (kind == "Kustomization" || kind.empty())) {
    reader.read_kustomization(out);
  } else if (api.starts_with(kSourceApi) && kind == "GitRepository") {
    reader.read_git_repository(out);
  } else if (api.starts_with(kExtensionsApi) && kind == "ArtifactGenerator") {
    reader.read_generator(out);
  }
  return std::move(reader.problem);
}

}  // namespace engine
