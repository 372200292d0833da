#include "engine/base/environment_directories.h"

#include <array>
#include <string>
#include <string_view>

#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::array<std::string_view, 12> kVariables = {
    kPluginConfigDirectory,  // the most telling first
    kConfigDirectory,       "HOME",           "XDG_CONFIG_HOME", "XDG_STATE_HOME",
    "XDG_DATA_HOME",        "XDG_CACHE_HOME", "XDG_RUNTIME_DIR", "GIT_CONFIG_GLOBAL",
    "GIT_CONFIG_SYSTEM",    "GNUPGHOME",      "GH_CONFIG_DIR",
};
constexpr std::size_t kMaxShown = 200;

}  // namespace

Result<void> check_directories(const Environment& environment) {
  for (const std::string_view variable : kVariables) {
    const auto value = environment.get(variable);
    if (value && !value->starts_with('/')) {
      const std::string name(variable);
      return fail(Code::bad_config,
                  name + ": given '" + sanitize_line(redact(*value), kMaxShown) +
                      "', expected an absolute path, in which neither `~` nor a variable is "
                      "expanded.",
                  "Write the whole path, from '/' on, or unset " + name + ".");
    }
  }
  return {};
}

std::filesystem::path temporary_directory(const Environment& environment) {
  std::filesystem::path given = environment.get("TMPDIR").value_or("");
  return given.is_absolute() ? given : "/tmp";
}

}  // namespace engine
