#include "engine/config/rwenv_fields.h"

#include <array>

#include "engine/config/misspelt_field.h"
#include "json/json.h"
#include "json/reader.h"

namespace engine {
namespace {

constexpr std::array<std::string_view, 1> kSections = {"rwenvs"};
constexpr std::array<std::string_view, 3> kTopFields = {kSections[0], "useDevContainer",
                                                        "devContainer"};
constexpr std::array<std::string_view, 14> kRwenvFields = {
    "fluxGitRepo",    "fluxGitRepoType", "fluxGitBranch",  "fluxPath",      "fluxWrite",
    "fluxForge",      "readOnly",        "confirmReplace", "imagePrefixes", "kubernetesContext",
    "kubeconfigPath", "devContainer",    "description",    "type",
};

}  // namespace

std::optional<std::string_view> meant_rwenv_field(std::string_view key) {
  return meant_field(key, kRwenvFields, Misspelling::any);
}

Result<void> refuse_misspelt_top_fields(const ConfigFile& config) {
  return refuse_misspelt(config, "", keys_of(*config.value), kTopFields, Misspelling::any,
                         kSections);
}

Result<void> refuse_misspelt_rwenv_fields(const ConfigFile& config, const std::string& name) {
  const std::string pointer = "/" + std::string(kSections[0]) + "/" + json::escaped(name);
  return refuse_misspelt(config, pointer, keys_of(config.value->at(kSections[0]).at(name)),
                         kRwenvFields, Misspelling::any);
}

}  // namespace engine
