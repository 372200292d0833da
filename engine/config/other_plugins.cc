#include "engine/config/other_plugins.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <utility>

#include <sys/stat.h>

#include "engine/base/file_below.h"
#include "engine/base/list_below.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// Far more than anybody has installed.
constexpr std::size_t kMaxNames = 1'000;      // in one directory
constexpr std::size_t kMaxVersions = 10'000;  // of all plugins

// What only this program's plugin has.
constexpr const char* kOwnProgram = "bin/rollout-mcp";
constexpr std::array<const char*, 2> kRollout = {"skills/rollout/SKILL.md", "commands/rollout.md"};

// "1.2.0" and what may follow, "-rc.1"; nothing where it does not begin with a number and a dot.
struct VersionNumber {
  std::array<std::uint64_t, 3> numbers{};
  bool is_release = true;

  auto as_tuple() const { return std::tuple(numbers, is_release); }
};

std::optional<VersionNumber> parse_version(std::string_view text) {
  VersionNumber version;
  const char* at = text.data();
  const char* const end = at + text.size();
  std::size_t count = 0;
  while (count < version.numbers.size()) {
    const auto read = std::from_chars(at, end, version.numbers.at(count));
    if (read.ec != std::errc()) {
      break;
    }
    ++count;
    at = read.ptr;
    if (at == end || *at != '.') {
      break;
    }
    ++at;
  }
  version.is_release = at == end;
  return count >= 2 ? std::optional(version) : std::nullopt;
}

bool has_file(int directory, std::string_view path) {
  const auto status = status_below(directory, path);
  return status && S_ISREG(status->st_mode);
}

struct DatedVersion {
  OtherPlugin plugin;
  std::optional<VersionNumber> number;
  std::int64_t changed = 0;  // in seconds
};

// Higher is newer.
auto age_of(const DatedVersion& version) {
  return std::tuple(version.number.has_value(), version.number.value_or(VersionNumber()).as_tuple(),
                    version.changed, version.plugin.version);
}

class Search {
 public:
  explicit Search(OtherPlugins& found) : found_(found) {}

  void look_through(int cache) {
    for (const std::string& marketplace : names_in(cache, ".")) {
      for (const std::string& plugin : names_in(cache, marketplace)) {
        look_at_plugin(cache, marketplace, plugin);
      }
    }
    std::ranges::stable_sort(found_.versions, {}, &OtherPlugin::full_name);
  }

 private:
  // Nothing where it is no directory.
  std::vector<std::string> names_in(int cache, const std::string& path) {
    auto listed = list_below(cache, path, kMaxNames);
    if (!listed) {
      return {};
    }
    found_.is_all = found_.is_all && listed->is_all;
    return std::move(listed->names);
  }

  void look_at_plugin(int cache, const std::string& marketplace, const std::string& plugin) {
    std::vector<DatedVersion> versions;
    const std::string directory = marketplace + "/" + plugin;
    for (const std::string& version : names_in(cache, directory)) {
      if (looked_at_ == kMaxVersions) {
        found_.is_all = false;
        break;
      }
      ++looked_at_;
      OtherPlugin one{marketplace, plugin, version, fs::path(directory) / version};
      if (auto dated = look_at_version(cache, std::move(one))) {
        versions.push_back(std::move(*dated));
      }
    }
    std::ranges::sort(versions, [](const DatedVersion& left, const DatedVersion& right) {
      return age_of(left) > age_of(right);
    });
    for (DatedVersion& version : versions) {
      found_.versions.push_back(std::move(version.plugin));
    }
  }

  // Nothing for what is no directory, and for this program's own plugin.
  static std::optional<DatedVersion> look_at_version(int cache, OtherPlugin plugin) {
    const auto directory = open_directory_below(cache, plugin.directory.string());
    struct stat status {};
    if (!directory || ::fstat(directory->get(), &status) != 0 ||
        has_file(directory->get(), kOwnProgram)) {
      return std::nullopt;
    }
    plugin.has_catalog = has_file(directory->get(), kCatalogInPlugin);
    plugin.answers_to_rollout = std::ranges::any_of(
        kRollout, [&](const char* file) { return has_file(directory->get(), file); });
    auto number = parse_version(plugin.version);
    return DatedVersion{std::move(plugin), number, std::int64_t{status.st_mtime}};
  }

  OtherPlugins& found_;
  std::size_t looked_at_ = 0;
};

// Of each plugin the first version of those that `counts`.
template <class Predicate>
std::vector<OtherPlugin> first_of_each(const OtherPlugins& plugins, const Predicate& counts) {
  std::vector<OtherPlugin> firsts;
  for (const OtherPlugin& plugin : plugins.versions) {
    if (counts(plugin) && (firsts.empty() || firsts.back().full_name() != plugin.full_name())) {
      firsts.push_back(plugin);
    }
  }
  return firsts;
}

}  // namespace

OtherPlugins find_other_plugins(const Host& host) {
  OtherPlugins found;
  const fs::path home = host.environment.get("HOME").value_or("");
  if (!home.is_absolute()) {
    return found;
  }
  found.cache = home / ".claude/plugins/cache";
  if (const auto cache = open_directory(found.cache)) {
    Search(found).look_through(cache->get());
  }
  return found;
}

std::vector<OtherPlugin> plugins_with_catalog(const OtherPlugins& plugins) {
  return first_of_each(plugins, [](const OtherPlugin& plugin) { return plugin.has_catalog; });
}

std::vector<std::string> plugins_answering_to_rollout(const OtherPlugins& plugins) {
  std::vector<std::string> names;
  for (const OtherPlugin& newest :
       first_of_each(plugins, [](const OtherPlugin&) { return true; })) {
    if (newest.answers_to_rollout) {
      names.push_back(newest.full_name());
    }
  }
  return names;
}

}  // namespace engine
