// A YAML stream with the bytes where each of its nodes begins. libyaml says what the nodes are
// (engine/yaml/reader.h), yaml-cpp's marks say where they are. Where the two do not see the same
// nodes, the text is refused.
//
// Knows nothing of manifests. Refers to the bytes that it was parsed from, which must outlive it;
// immutable, so it may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/yaml/reader.h"

namespace engine {

class YamlSourceMap : public YamlReader {
 public:
  // `bad_manifest` with `file` (a name for messages) and line where the bytes are not YAML in
  // UTF-8, go over a limit (engine/yaml/limits.h), or yaml-cpp does not find libyaml's nodes in
  // them; `cancelled` soon after `stop` was requested.
  static Result<YamlSourceMap> parse(std::string_view file, std::string_view bytes,
                                     const std::stop_token& stop = {});
  // The same for bytes that were read already, as `yaml`.
  static Result<YamlSourceMap> locate(std::string_view file, std::string_view bytes,
                                      YamlReader yaml, const std::stop_token& stop = {});

  std::string_view bytes() const { return bytes_; }
  // The node's first byte, tag and anchor included; of one that is not written, some byte after the
  // place.
  std::size_t offset(YamlIndex index) const { return offsets_[index]; }

  // A refusal that begins with file and line: "<file>:<line of the offset>: <what>".
  Failure refuse(Code code, std::size_t offset, std::string_view what, std::string hint,
                 Details details = {}) const;

 private:
  class Marks;
  YamlSourceMap(std::string_view file, std::string_view bytes, YamlReader yaml)
      : YamlReader(std::move(yaml)), file_(file), bytes_(bytes) {}

  std::string file_;
  std::string_view bytes_;
  std::vector<std::uint32_t> offsets_;  // of every node
};

}  // namespace engine
