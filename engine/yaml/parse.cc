#include "engine/yaml/parse.h"

#include "engine/yaml/strict.h"

namespace engine {

Result<YamlSourceMap> parse_yaml(std::string_view file, std::string_view bytes,
                                 const std::stop_token& stop) {
  auto stream = YamlSourceMap::build(file, bytes, stop);
  if (!stream) {
    return stream;
  }
  if (const auto fault = find_fault(*stream)) {
    return stream->refuse_unreadable(fault->offset, fault->what);
  }
  if (stream->repeats_too_much()) {
    return stream->refuse_unreadable(0, "its aliases and merge keys expand to too much");
  }
  return stream;
}

}  // namespace engine
