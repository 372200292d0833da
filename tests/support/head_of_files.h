// A commit's files, written down in a test, as the judgement of an effect reads them.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "engine/effect/head_files.h"

namespace test {

// A directory's id is one of all that is below it. `read`, if given, is told of each file read.
inline engine::HeadFiles head_of(const std::map<std::string, std::string>& files,
                                 std::function<void(const std::string&)> read = {}) {
  const auto list = [files](const std::string& path) -> std::optional<engine::DirectoryEntries> {
    const std::string prefix = path.empty() ? "" : path + "/";
    engine::DirectoryEntries directory;
    std::string all;
    for (const auto& [name, bytes] : files) {
      if (!name.starts_with(prefix)) {
        continue;
      }
      const std::string rest = name.substr(prefix.size());
      const auto slash = rest.find('/');
      (slash == std::string::npos ? directory.files : directory.directories)
          .insert(rest.substr(0, slash));
      all += rest + "\n" + bytes;
    }
    directory.id = std::to_string(std::hash<std::string>()(all));
    return all.empty() ? std::nullopt : std::optional(directory);
  };
  const auto bytes = [files, read](const std::string& path) -> engine::Result<std::string> {
    if (read) {
      read(path);
    }
    const auto found = files.find(path);
    if (found == files.end()) {
      return engine::fail(engine::Code::bad_path, path + " does not exist");
    }
    return found->second;
  };
  return {bytes, list, {}};
}

}  // namespace test
