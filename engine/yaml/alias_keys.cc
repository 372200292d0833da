#include "engine/yaml/alias_keys.h"

#include <algorithm>
#include <yaml.h>

#include "engine/text/ascii.h"
#include "engine/text/utf8.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

bool is_name_character(char c) {
  return is_alphanumeric(c) || c == '-' || c == '_';
}

// Whether there is what looks like one, in a comment or a text perhaps.
bool may_have_any(std::string_view bytes) {
  for (std::size_t at = bytes.find('*'); at != std::string_view::npos; at = bytes.find('*', at)) {
    const std::size_t begin = ++at;
    while (at < bytes.size() && is_name_character(bytes[at])) {
      ++at;
    }
    if (at > begin && at < bytes.size() && bytes[at] == ':') {
      return true;
    }
  }
  return false;
}

// Byte offsets of characters, asked for in order.
class CharacterOffsets {
 public:
  explicit CharacterOffsets(std::string_view bytes) : bytes_(bytes) {}

  std::size_t offset_of(std::size_t character) {
    while (character_ < character && offset_ < bytes_.size()) {
      ++offset_;
      while (offset_ < bytes_.size() && continues_character(bytes_[offset_])) {
        ++offset_;
      }
      ++character_;
    }
    return offset_;
  }

 private:
  std::string_view bytes_;
  std::size_t offset_ = 0;
  std::size_t character_ = 0;
};

}  // namespace

std::vector<std::size_t> colons_of_alias_keys(std::string_view bytes) {
  std::vector<std::size_t> colons;
  yaml_parser_t parser;
  if (!may_have_any(bytes) || yaml_parser_initialize(&parser) == 0) {
    return colons;
  }
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(bytes.data()),
                               bytes.size());
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  CharacterOffsets offsets(bytes);
  for (bool more = true; more;) {
    yaml_token_t token;
    if (yaml_parser_scan(&parser, &token) == 0) {
      break;
    }
    more = token.type != YAML_STREAM_END_TOKEN && token.type != YAML_NO_TOKEN;
    if (token.type == YAML_ALIAS_TOKEN) {
      const std::size_t end = offsets.offset_of(token.end_mark.index);
      if (end < bytes.size() && bytes[end] == ':') {
        colons.push_back(end);
      }
    }
    yaml_token_delete(&token);
  }
  yaml_parser_delete(&parser);
  return colons;
}

std::string with_spaces(std::string_view bytes, const std::vector<std::size_t>& colons) {
  std::string text;
  text.reserve(bytes.size() + colons.size());
  std::size_t kept = 0;
  for (const std::size_t colon : colons) {
    text += bytes.substr(kept, colon - kept);
    text += ' ';
    kept = colon;
  }
  text += bytes.substr(kept);
  return text;
}

std::size_t without_spaces(std::size_t offset, const std::vector<std::size_t>& colons) {
  // The space before colon number i stands at that colon's offset and i.
  std::size_t before = 0;
  std::size_t after = colons.size();
  while (before < after) {
    const std::size_t middle = (before + after) / 2;
    if (colons[middle] + middle < offset) {
      before = middle + 1;
    } else {
      after = middle;
    }
  }
  return offset - before;
}

}  // namespace engine
