#include "tests/fuzz/yaml_events.h"

#include <memory>
#include <yaml.h>

namespace fuzz {
namespace {

std::string text(const yaml_char_t* chars) {
  return chars == nullptr ? std::string() : reinterpret_cast<const char*>(chars);
}

YamlEvent event_of(const yaml_event_t& from) {
  YamlEvent event;
  event.type = from.type;
  switch (from.type) {
    case YAML_SCALAR_EVENT:
      event.kind = YamlEvent::Kind::scalar;
      event.value.assign(reinterpret_cast<const char*>(from.data.scalar.value),
                         from.data.scalar.length);
      event.anchor = text(from.data.scalar.anchor);
      event.tag = text(from.data.scalar.tag);
      break;
    case YAML_ALIAS_EVENT:
      event.kind = YamlEvent::Kind::alias;
      event.anchor = text(from.data.alias.anchor);
      break;
    case YAML_SEQUENCE_START_EVENT:
      event.anchor = text(from.data.sequence_start.anchor);
      event.tag = text(from.data.sequence_start.tag);
      break;
    case YAML_MAPPING_START_EVENT:
      event.anchor = text(from.data.mapping_start.anchor);
      event.tag = text(from.data.mapping_start.tag);
      break;
    default:
      break;
  }
  return event;
}

}  // namespace

std::optional<std::vector<YamlEvent>> read_events(std::string_view bytes) {
  yaml_parser_t parser;
  if (yaml_parser_initialize(&parser) == 0) {
    return std::nullopt;
  }
  const std::unique_ptr<yaml_parser_t, decltype(&yaml_parser_delete)> owner(&parser,
                                                                            &yaml_parser_delete);
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(bytes.data()),
                               bytes.size());
  std::vector<YamlEvent> events;
  for (bool ended = false; !ended;) {
    yaml_event_t event;
    if (yaml_parser_parse(&parser, &event) == 0) {
      return std::nullopt;
    }
    ended = event.type == YAML_STREAM_END_EVENT;
    events.push_back(event_of(event));
    yaml_event_delete(&event);
  }
  return events;
}

}  // namespace fuzz
