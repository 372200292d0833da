// The completion of tools/features.h.
#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/lookup_service.h"
#include "tools/features.h"
#include "tools/resource_uris.h"

namespace tools {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return out;
}

bool has_letters_in_order(std::string_view name, std::string_view letters) {
  for (const char c : name) {
    if (!letters.empty() && c == letters.front()) {
      letters.remove_prefix(1);
    }
  }
  return letters.empty();
}

// 0 is best; kNoMatch for none.
constexpr std::size_t kNoMatch = 3;
std::size_t rank(std::string_view name, std::string_view typed) {
  if (name.starts_with(typed)) {
    return 0;
  }
  if (name.find(typed) != std::string_view::npos) {
    return 1;
  }
  return has_letters_in_order(name, typed) ? 2 : kNoMatch;
}

std::string member(const Json& ref, const char* key) {
  const auto found = ref.find(key);
  return found != ref.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

std::vector<std::string> matching(const std::vector<std::string>& names, std::string_view typed) {
  const std::string letters = lower(typed);
  std::vector<std::string> out;
  for (std::size_t wanted = 0; wanted < kNoMatch; ++wanted) {
    std::ranges::copy_if(names, std::back_inserter(out), [&](const std::string& name) {
      return rank(lower(name), letters) == wanted;
    });
  }
  return out;
}

mcp::Completer completer(const Setup& setup) {
  return [&setup](const Json& ref, std::string_view argument, std::string_view value,
                  mcp::Context& context) -> std::optional<std::vector<std::string>> {
    const std::string type = member(ref, "type");
    const bool prompt = type == "ref/prompt" && member(ref, "name") == "rollout";
    const bool resource = type == "ref/resource" && member(ref, "uri") == kServiceTemplate;
    if (!prompt && !resource) {
      return std::nullopt;
    }
    if (prompt && argument == "dryRun") {
      return matching({"true", "false"}, value);
    }
    if (argument != "service") {
      return std::vector<std::string>();
    }
    engine::ProjectRequest project;
    project.client_root = [&context] { return first_root(context); };
    // A project without a catalog has nothing to complete; the tools say what is wrong with it.
    const engine::Result<std::vector<std::string>> names =
        engine::list_services(setup.host, project);
    return names ? matching(*names, value) : std::vector<std::string>();
  };
}

}  // namespace tools
