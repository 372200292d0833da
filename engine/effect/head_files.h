// The files of one commit of the Flux repository, as judge_effect() reads them: few, small, and
// each only once. Belongs to one thread.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>

#include "engine/base/result.h"
#include "engine/git/directory_entries.h"
#include "engine/yaml/source_map.h"

namespace engine {

class HeadFiles {
 public:
  // The bytes of a file; fails where there is none, or it cannot be read.
  using Read = std::function<Result<std::string>(const std::string& path)>;
  // The directory of that path, "" for the root; nothing where there is none.
  using List = std::function<std::optional<DirectoryEntries>(const std::string& path)>;

  HeadFiles(Read read, List list, std::stop_token stop)
      : read_(std::move(read)), list_(std::move(list)), stop_(std::move(stop)) {}

  // Null where there is no such file, or it cannot be read, or all files together are too much.
  const std::string* bytes(const std::string& path);
  // The same as YAML; null also where it is none.
  const YamlSourceMap* yaml(const std::string& path);
  // Null where there is no such directory.
  const DirectoryEntries* directory(const std::string& path);

 private:
  struct File {
    std::optional<std::string> bytes;
    std::unique_ptr<YamlSourceMap> yaml;
    bool parsed = false;
  };
  File& file(const std::string& path);

  Read read_;
  List list_;
  std::stop_token stop_;
  std::map<std::string, File> files_;
  std::map<std::string, std::optional<DirectoryEntries>> directories_;
  std::size_t bytes_ = 0;  // of all
};

}  // namespace engine
