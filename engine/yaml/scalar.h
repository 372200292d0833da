// Where a scalar stands in the bytes, as it is written: the marks of yaml-cpp say where a node
// begins, not where it ends, nor where the value of an empty one would be. What is found is checked
// against the value that libyaml read; nothing is guessed. Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/yaml/source_map.h"

namespace engine {

// Half-open ranges of offsets into the stream's bytes.
struct YamlSpan {
  YamlStyle style = YamlStyle::empty;
  std::size_t begin = 0;  // after tag and anchor; quotes included. For `empty` and `block`, where
  std::size_t end = 0;    // the value is or would be, of no length
  std::size_t text_begin = 0;  // without the quotes
  std::size_t text_end = 0;
};

// The place of a key's value that is no collection. A value that is not written is placed directly
// after the colon, or after its tag and anchor. Nothing where the bytes do not show what libyaml
// read, or there is no colon.
std::optional<YamlSpan> value_span(const YamlSourceMap& stream, YamlIndex key);

// The place of an item of a sequence, or of a key, that is written and no collection. Nothing where
// the bytes do not show what libyaml read.
std::optional<YamlSpan> item_span(const YamlSourceMap& stream, YamlIndex item);

}  // namespace engine
