#include "engine/discovery/image_project.h"

#include <algorithm>
#include <array>

#include "engine/git/remote_url.h"
#include "engine/text/ascii.h"

namespace engine {
namespace {

struct Registry {
  std::string_view prefix;
  std::string_view forge;
};

constexpr std::array<Registry, 2> kRegistries = {
    {{"ghcr.io/", "https://github.com/"}, {"registry.gitlab.com/", "https://gitlab.com/"}}};

bool is_path_of_two(std::string_view path) {
  const auto slash = path.find('/');
  return slash != std::string_view::npos && slash > 0 && slash + 1 < path.size() &&
         path.find('/', slash + 1) == std::string_view::npos &&
         std::ranges::all_of(path, [](char c) {
           return is_alphanumeric(c) || c == '/' || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

std::optional<std::string> project_of_image(std::string_view name) {
  for (const auto& [prefix, forge] : kRegistries) {
    if (name.starts_with(prefix) && is_path_of_two(name.substr(prefix.size()))) {
      return std::string(forge).append(name.substr(prefix.size()));
    }
  }
  return std::nullopt;
}

std::optional<std::string> project_of_workload(const Workload& workload, std::string_view image) {
  constexpr std::string_view kSource = "org.opencontainers.image.source";
  const auto source =
      std::ranges::find(workload.annotations, kSource, &TextPairs::value_type::first);
  if (source != workload.annotations.end()) {
    const RemoteUrl url(source->second);
    if (url.is_fit_for_git() && !url.is_local() && !url.host().empty()) {
      return url.shown();
    }
  }
  return project_of_image(image);
}

}  // namespace engine
