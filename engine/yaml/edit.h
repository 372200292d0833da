// Changes of single values in a YAML stream that leave every other byte as it is, and the proof
// that they did (specification, section 5): libyaml reads the result too, which is accepted only if
// its nodes are those of the stream with exactly the intended values changed.
//
// Knows nothing of manifests. Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"
#include "engine/yaml/source_map.h"

namespace engine {

// The bytes [begin, end) give way to `text`.
struct YamlSplice {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
};

struct YamlChange {
  YamlSplice splice;
  // The node that becomes the scalar `value`; with `new_key`, the value after which the pair of
  // `new_key` and `value` is added to the same mapping.
  YamlIndex node = 0;
  std::string value;
  std::string new_key = {};
  // A new key and its value, or a value that was null, an alias or plain, get quotes.
  bool quoted = false;
  // With `quoted`: the new key gets none.
  bool plain_key = false;
};

// The bytes with the splices made, which are in order and apart from each other.
std::string splice(std::string_view bytes, const std::vector<YamlSplice>& splices);

using Splicer = std::function<std::string(std::string_view, const std::vector<YamlSplice>&)>;

// The stream's bytes with the changes made, in any order, and proven. `internal` if the proof fails
// or two changes overlap; then nothing may be written. `splicer` is another than splice() only to
// test the proof.
Result<std::string> change_yaml(const YamlSourceMap& stream, std::vector<YamlChange> changes,
                                const Splicer& splicer = splice);

}  // namespace engine
