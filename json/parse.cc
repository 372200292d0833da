#include "json/parse.h"

#include <unordered_set>

namespace json {
namespace {

// The library's messages begin with "[json.exception.parse_error.101] parse error at line 1, column
// 2: "; the position is reported by us, with the file's name.
std::string without_prefix(std::string_view what) {
  const auto colon = what.find(": ");
  return std::string(colon == std::string_view::npos ? what : what.substr(colon + 2));
}

// Collects the keys of one member's object from the events of a parser. (The library's own callback
// looks through the whole parent at each object's end: quadratic in a large catalog.)
class KeyCollector final : public nlohmann::json_sax<Json> {
 public:
  explicit KeyCollector(std::string_view member) : member_(member) {}

  std::vector<std::string> keys() && { return std::move(keys_); }

  bool start_object(std::size_t /*elements*/) override { return open(); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*elements*/) override { return open(); }
  bool end_array() override { return close(); }
  bool key(string_t& name) override {
    if (depth_ == 1) {
      inside_ = name == member_;
      if (inside_) {
        keys_.clear();
        seen_.clear();
      }
    } else if (depth_ == 2 && inside_ && seen_.insert(name).second) {
      keys_.push_back(name);
    }
    return true;
  }
  bool null() override { return true; }
  bool boolean(bool /*value*/) override { return true; }
  bool number_integer(number_integer_t /*value*/) override { return true; }
  bool number_unsigned(number_unsigned_t /*value*/) override { return true; }
  bool number_float(number_float_t /*value*/, const string_t& /*text*/) override { return true; }
  bool string(string_t& /*value*/) override { return true; }
  bool binary(binary_t& /*value*/) override { return true; }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const Json::exception& /*error*/) override {
    return false;
  }

 private:
  bool open() {
    ++depth_;
    return true;
  }
  bool close() {
    --depth_;
    return true;
  }

  std::string_view member_;
  std::size_t depth_ = 0;  // of open objects and arrays
  bool inside_ = false;    // the member at depth 1 is the one
  std::vector<std::string> keys_;
  std::unordered_set<std::string> seen_;
};

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

tl::expected<Json, ParseError> parse(std::string_view text) {
  if (too_deep(text)) {
    return tl::unexpected(
        ParseError{"nested deeper than " + std::to_string(kMaxDepth) + " levels"});
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    const std::size_t offset = error.byte > 0 ? error.byte - 1 : 0;
    return tl::unexpected(ParseError{without_prefix(error.what()), offset});
  } catch (const Json::exception& error) {  // a number out of range
    return tl::unexpected(ParseError{without_prefix(error.what())});
  }
}

std::vector<std::string> keys_in_order(std::string_view text, std::string_view name) {
  KeyCollector collector(name);
  Json::sax_parse(text, &collector);
  return std::move(collector).keys();
}

std::string dump(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string dump(const OrderedJson& value) {
  return value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

}  // namespace json
