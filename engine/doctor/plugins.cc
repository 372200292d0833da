#include <string>
#include <vector>

#include "engine/config/catalog_file.h"
#include "engine/config/other_plugins.h"
#include "engine/doctor/checks.h"
#include "engine/text/join.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// Not more than a reader looks at.
constexpr std::size_t kMaxPluginsShown = 5;

std::string listed(const std::vector<std::string>& names) {
  std::vector<std::string> shown;
  for (const std::string& name : names) {
    if (shown.size() < kMaxPluginsShown) {
      shown.push_back(sanitize_line(name, 200));
    }
  }
  const std::size_t more = names.size() - shown.size();
  return joined(shown) + (more > 0 ? " and " + std::to_string(more) + " more" : "");
}

}  // namespace

DoctorCheck check_plugins(const Host& host, DoctorFindings& findings) {
  findings.other_plugins = find_other_plugins(host);
  const OtherPlugins& plugins = findings.other_plugins;
  const std::vector<std::string> names = plugins_answering_to_rollout(plugins);
  if (!names.empty()) {
    return noted(
        "plugins",
        (names.size() == 1 ? "Another plugin answers to `/rollout`, too: "
                           : "Other plugins answer to `/rollout`, too: ") +
            listed(names) + ". `/rollout:rollout` is always this one's.",
        "Type `/rollout:rollout`, or switch the other off (`claude plugin disable NAME`).");
  }
  return in_place(
      "plugins", plugins.is_all ? "no other plugin answers to `/rollout`"
                                : "no other plugin was found that answers to `/rollout`; there is "
                                  "more below " +
                                      sanitize_line(plugins.cache.string()) + " than is looked at");
}

std::optional<std::string> catalog_to_import(const Host& host, const DoctorFindings& findings) {
  const auto plugins = plugins_with_catalog(findings.other_plugins);
  if (plugins.empty()) {
    return std::nullopt;
  }
  if (catalog_of_rwenv(host, *findings.config_directory, *findings.rwenv_name)) {
    return std::nullopt;
  }
  return sanitize_line(plugins.front().full_name(), 200);
}

}  // namespace engine
