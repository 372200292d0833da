#include "engine/repository_path.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "engine/text.h"

namespace engine {
namespace {

bool is_dot_git(std::string_view component) {
  return component.size() == 4 && component[0] == '.' &&
         std::ranges::equal(component.substr(1), std::string_view("git"), [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) == b;
         });
}

bool is_inside(std::string_view path) {
  while (true) {
    const auto slash = path.find('/');
    const std::string_view component = path.substr(0, slash);
    if (component.empty() || component == "." || component == ".." || is_dot_git(component)) {
      return false;
    }
    if (slash == std::string_view::npos) {
      return true;
    }
    path = path.substr(slash + 1);
  }
}

}  // namespace

Result<void> check_repository_path(std::string_view path, std::string_view source) {
  const bool unfit = std::ranges::any_of(
      path, [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == 0x7F || c == '\\'; });
  if (!unfit && !path.starts_with('-') && is_inside(path)) {
    return {};
  }
  return fail(Code::bad_path,
              std::string(source) + ": given '" + printable_line(path, 200) +
                  "', accepted is a path relative to the Flux repository's root and inside it.",
              "Give a path such as apps/backend-services/kustomization.yaml.");
}

}  // namespace engine
