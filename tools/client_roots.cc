#include "tools/client_roots.h"

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "engine/text/ascii.h"
#include "tools/arguments.h"
#include "tools/render.h"
#include "tools/tool_call.h"

namespace tools {
namespace {

constexpr std::string_view kScheme = "file:";
constexpr std::string_view kLocalhost = "localhost";
constexpr std::size_t kMaxSaid = 5;  // of the roots that are no paths

// The path of a URI, still encoded; nothing if it is no file: URI of this machine.
std::optional<std::string_view> path_in_uri(std::string_view uri) {
  if (engine::in_lower_case(uri.substr(0, kScheme.size())) != kScheme) {
    return std::nullopt;
  }
  std::string_view rest = uri.substr(kScheme.size());
  if (rest.starts_with("//")) {
    rest.remove_prefix(2);
    const std::string_view host = rest.substr(0, rest.find('/'));
    if (!host.empty() && engine::in_lower_case(host) != kLocalhost) {
      return std::nullopt;
    }
    rest.remove_prefix(host.size());
  }
  return rest.substr(0, rest.find_first_of("?#"));
}

// Without what does not change where it leads: repeated slashes, and one at the end.
std::filesystem::path tidied(std::string_view path) {
  std::string out;
  for (const char c : path) {
    if (c != '/' || !out.ends_with('/')) {
      out += c;
    }
  }
  if (out.size() > 1 && out.ends_with('/')) {
    out.pop_back();
  }
  return out;
}

// The first that is a path of this machine; each that is none is said, wherever it stands.
engine::ClientRoot read_roots(const mcp::Roots& roots) {
  engine::ClientRoot first;
  if (!roots) {
    first.problem = roots.error();
    return first;
  }
  std::size_t unusable = 0;
  for (const mcp::Root& root : *roots) {
    auto path = root ? path_of_root(*root) : std::nullopt;
    if (path && !first.directory) {
      first.directory = std::move(path);
    } else if (!path && ++unusable <= kMaxSaid) {
      first.warnings.push_back(
          "The client's root " +
          (root ? "'" + sanitize_line(*root) + "'" : "(" + sanitize_line(root.error()) + ")") +
          " was not used: expected a file: URI or an absolute path of this "
          "machine.");
    }
  }
  if (unusable > kMaxSaid) {
    first.warnings.push_back(std::to_string(unusable - kMaxSaid) +
                             " more of the client's roots were not used either.");
  }
  if (!first.directory) {
    first.problem = roots->empty() ? "has no roots" : "has no root that is a directory's path";
  }
  return first;
}

}  // namespace

std::optional<std::filesystem::path> path_of_root(std::string_view root) {
  if (root.starts_with('/')) {
    return has_control_characters(root) ? std::nullopt : std::optional(tidied(root));
  }
  const auto path = path_in_uri(root);
  const auto decoded = path ? percent_decoded(*path) : std::nullopt;
  return decoded && decoded->starts_with('/') ? std::optional(tidied(*decoded)) : std::nullopt;
}

engine::Result<void> settle_project(const engine::Host& host, engine::ProjectRequest& project,
                                    mcp::Context& context) {
  const auto known = std::make_shared<std::optional<engine::ClientRoot>>();
  project.client.ask = [&context, known] {
    if (!*known) {
      *known = read_roots(context.roots());
    }
    return **known;
  };
  project.client.sparingly = context.asking_ends_request();
  auto place = engine::find_project_place(host, project, first_look_context(context));
  RETURN_IF_FAILED(place);
  project.place = std::move(*place);
  return {};
}

}  // namespace tools
