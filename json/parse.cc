#include "json/parse.h"

namespace json {
namespace {

// The library's messages begin with "[json.exception.parse_error.101] parse error at line 1, column
// 2: "; the position is reported by us, with the file's name.
std::string without_prefix(std::string_view what) {
  const auto colon = what.find(": ");
  return std::string(colon == std::string_view::npos ? what : what.substr(colon + 2));
}

}  // namespace

bool too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_string = false;
      }
    } else if (c == '"') {
      in_string = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kMaxDepth) {
        return true;
      }
    } else if ((c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

tl::expected<Json, ParseError> parse(std::string_view text,
                                     const Json::parser_callback_t& on_event) {
  if (too_deep(text)) {
    return tl::unexpected(
        ParseError{"nested deeper than " + std::to_string(kMaxDepth) + " levels"});
  }
  try {
    return Json::parse(text, on_event);
  } catch (const Json::parse_error& error) {
    const std::size_t offset = error.byte > 0 ? error.byte - 1 : 0;
    return tl::unexpected(ParseError{without_prefix(error.what()), offset});
  } catch (const Json::exception& error) {  // a number out of range
    return tl::unexpected(ParseError{without_prefix(error.what())});
  }
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dump(const OrderedJson& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace json
