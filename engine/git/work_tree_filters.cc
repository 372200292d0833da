#include "engine/git/work_tree_filters.h"

#include <algorithm>
#include <array>

#include "engine/git/lines.h"

namespace engine {
namespace {

constexpr std::string_view kFilter = "filter.";

// A filter's name and the last part of the key: {"lfs", "smudge"} of "filter.lfs.smudge".
std::pair<std::string_view, std::string_view> parts_of(std::string_view key) {
  const auto last = key.rfind('.');
  if (!key.starts_with(kFilter) || last < kFilter.size()) {
    return {};
  }
  return {key.substr(kFilter.size(), last - kFilter.size()), key.substr(last + 1)};
}

bool is_command(std::string_view part) {
  return part == "smudge" || part == "clean" || part == "process";
}

// Whether git says that it failed: by its name, or by its command, as the shell does that did not
// find it.
bool tells_of(std::string_view err, std::string_view name, std::string_view command) {
  const auto says = [&](const std::string& words) {
    return err.find(words) != std::string_view::npos;
  };
  const std::string filter(name);
  return says("filter " + filter + " failed") || says("filter '" + filter + "' failed") ||
         (!command.empty() && says(std::string(command) + ":")) ||
         (!command.empty() && says("'" + std::string(command) + "'"));
}

// The line that says most: that the program is not there, else that the filter failed.
std::string telling_line(std::string_view err) {
  const auto lines = lines_of(err);
  constexpr std::array<std::string_view, 4> kErrorPatterns = {": not found", "command not found",
                                                              "cannot run", " failed"};
  for (const std::string_view sign : kErrorPatterns) {
    const auto line = std::ranges::find_if(
        lines, [&](std::string_view next) { return next.find(sign) != std::string_view::npos; });
    if (line != lines.end()) {
      return shown_line(*line);
    }
  }
  return git_line(err);
}

}  // namespace

std::vector<std::string> failed_filters(
    std::string_view err, const std::vector<std::pair<std::string, std::string>>& settings) {
  std::vector<std::string> names;
  for (const auto& [key, command] : settings) {
    const auto [name, part] = parts_of(key);
    // Such a name could not be given on a command line.
    const bool usable = !name.empty() && name.find_first_of("=\n") == std::string_view::npos;
    if (usable && is_command(part) && tells_of(err, name, command) &&
        std::ranges::find(names, name) == names.end()) {
      names.emplace_back(name);
    }
  }
  return names;
}

std::vector<std::string> without_filters(const std::vector<std::string>& names) {
  std::vector<std::string> options;
  for (const std::string& name : names) {
    for (const char* const setting : {".smudge=", ".clean=", ".process=", ".required=false"}) {
      options.insert(options.end(), {"-c", std::string(kFilter) + name + setting});
    }
  }
  return options;
}

std::string filters_warning(const std::vector<std::string>& names, std::string_view err) {
  std::string list;
  for (const std::string& name : names) {
    list += (list.empty() ? "'" : ", '") + shown_line(name) + "'";
  }
  const bool lfs = std::ranges::find(names, "lfs") != names.end();
  return "In the clone's work tree the files of git's filter " + list +
         " are as the repository stores them, since the filter failed: " + telling_line(err) +
         ". The rollout does not need them; " +
         (lfs ? "to have them, install Git LFS (git-lfs) on the PATH of this program."
              : "to have them, correct the filter in git's configuration, or install its program.");
}

}  // namespace engine
