#include "engine/base/repository_path.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

bool is_dot_git(std::string_view component) {
  return component.size() == 4 && in_lower_case(component) == ".git";
}

// A relative path without what stands for nothing in it; nothing if it leads out or names no file.
std::optional<std::string> spelled_out(std::string_view path) {
  std::string out;
  while (true) {
    const auto slash = path.find('/');
    const bool last = slash == std::string_view::npos;
    const std::string_view component = path.substr(0, slash);
    const bool stands_for_nothing = component.empty() || component == ".";
    if (component == ".." || is_dot_git(component) || (stands_for_nothing && last)) {
      return std::nullopt;
    }
    if (!stands_for_nothing) {
      out += (out.empty() ? "" : "/") + std::string(component);
    }
    if (last) {
      return out;
    }
    path.remove_prefix(slash + 1);
  }
}

}  // namespace

Result<RepositoryPath> RepositoryPath::parse(std::string_view path, std::string_view source) {
  const bool unfit = std::ranges::any_of(
      path, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F || c == '\\'; });
  auto spelled = unfit || path.starts_with('/') ? std::nullopt : spelled_out(path);
  if (spelled && !spelled->starts_with('-')) {
    return RepositoryPath(std::move(*spelled));
  }
  return fail(Code::bad_path,
              std::string(source) + ": given '" + sanitize_line(path, 200) +
                  "', expected a path relative to the Flux repository's root and inside it.",
              "Give a path such as apps/backend-services/kustomization.yaml.");
}

Result<std::string> repository_directory(std::string_view path, std::string_view source) {
  std::string_view directory = path;
  while (directory.starts_with("./")) {
    directory.remove_prefix(2);
  }
  while (directory.ends_with('/') && !path.starts_with('/')) {
    directory.remove_suffix(1);
  }
  if (directory == "." || directory.empty()) {
    return std::string();
  }
  auto parsed = RepositoryPath::parse(directory, source);
  RETURN_IF_FAILED(parsed);
  return parsed->text();
}

std::string directory_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string() : std::string(path.substr(0, slash));
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

std::size_t common_directories(std::string_view one, std::string_view other) {
  const auto [end, ignored] = std::ranges::mismatch(one, other);
  return static_cast<std::size_t>(std::count(one.begin(), end, '/'));
}

}  // namespace engine
