// The completion of tools/features.h.
#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/config/active_rwenv.h"
#include "engine/former_tags.h"
#include "engine/text/ascii.h"
#include "tools/client_roots.h"
#include "tools/features.h"
#include "tools/per_catalog.h"
#include "tools/resource_uris.h"
#include "tools/service_list.h"

namespace tools {
namespace {

// `letters` are in lower case; a catalog may have many names, so that none of them is copied.
bool has_letters_in_order(std::string_view name, std::string_view letters) {
  for (const char c : name) {
    if (!letters.empty() && engine::in_lower_case(c) == letters.front()) {
      letters.remove_prefix(1);
    }
  }
  return letters.empty();
}

// 0 is best; kNoMatch for none.
constexpr std::size_t kNoMatch = 3;
std::size_t rank(std::string_view name, std::string_view letters) {
  const auto* const found =
      std::search(name.begin(), name.end(), letters.begin(), letters.end(),
                  [](char typed, char letter) { return engine::in_lower_case(typed) == letter; });
  if (letters.empty() || found != name.end()) {
    return found == name.begin() ? 0 : 1;
  }
  return has_letters_in_order(name, letters) ? 2 : kNoMatch;
}

std::string member(const Json& ref, const char* key) {
  const auto found = ref.find(key);
  return found != ref.end() && found->is_string() ? found->get<std::string>() : std::string();
}

mcp::Completions former_tags(const engine::Host& host, const engine::ProjectRequest& project,
                             const std::string& service, std::string_view typed,
                             const mcp::Context& context) {
  if (service.empty()) {
    return {};
  }
  auto tags = engine::former_tags(host, project, service, {context.stop_token(), {}});
  std::erase_if(tags, [](const std::string& tag) { return !can_be_offered(tag); });
  return matching(tags, typed);
}

}  // namespace

mcp::Completions matching(const std::vector<std::string>& names, std::string_view typed,
                          const std::vector<std::size_t>& withheld) {
  const std::string letters = engine::in_lower_case(typed);
  std::array<std::vector<const std::string*>, kNoMatch> ranked;
  mcp::Completions out;
  auto next_withheld = withheld.begin();
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (next_withheld != withheld.end() && *next_withheld == i) {
      ++next_withheld;
    } else if (const std::size_t position = rank(names[i], letters); position < kNoMatch) {
      ++out.total;
      if (ranked[position].size() < mcp::kMaxCompletions) {
        ranked[position].push_back(&names[i]);
      }
    }
  }
  for (const auto& equals : ranked) {
    const auto left = std::min(equals.size(), mcp::kMaxCompletions - out.values.size());
    std::transform(equals.begin(), equals.begin() + static_cast<std::ptrdiff_t>(left),
                   std::back_inserter(out.values), [](const std::string* name) { return *name; });
  }
  return out;
}

mcp::Completer completer(const HostOrError& host_or_error) {
  const auto withheld = std::make_shared<PerCatalog<std::vector<std::size_t>>>(withheld_services);
  return [&host_or_error, withheld](const Json& ref, std::string_view argument,
                                    std::string_view value, const Json& others,
                                    mcp::Context& context) -> std::optional<mcp::Completions> {
    const std::string type = member(ref, "type");
    const std::string prompt_name = type == "ref/prompt" ? member(ref, "name") : "";
    const bool prompt =
        prompt_name == "rollout" || prompt_name == "rollback" || prompt_name == "status";
    const bool resource = type == "ref/resource" && member(ref, "uri") == kServiceTemplate;
    if (!prompt && !resource) {
      return std::nullopt;
    }
    if (prompt_name == "rollout" && argument == "dryRun") {
      return matching({"true", "false"}, value);
    }
    const bool is_former_tag = prompt_name == "rollback" && argument == "to";
    if (argument != "service" && !is_former_tag) {
      return mcp::Completions();
    }
    engine::ProjectRequest project;
    if (!settle_project(host_or_error.host, project, context)) {
      return mcp::Completions();
    }
    if (is_former_tag) {
      return former_tags(host_or_error.host, project, member(others, "service"), value, context);
    }
    // A project without a catalog has nothing to complete; the tools say what is wrong with it.
    const auto catalog =
        engine::load_active_catalog(host_or_error.host, project, {context.stop_token(), {}});
    return catalog ? matching((*catalog)->service_names(), value, *withheld->of(*catalog))
                   : mcp::Completions();
  };
}

}  // namespace tools
