#include "json/parse.h"

#include <unordered_set>
#include <utility>

namespace json {
namespace {

// The library's messages begin with "[json.exception.parse_error.101] parse error at line 1, column
// 2: "; the position is reported by us, with the file's name. Some end with all of a wrong string
// or number, however long it is, and perhaps a password.
std::string message_of(std::string_view what) {
  what = what.substr(0, what.find("; last read: "));
  what = what.substr(0, what.find(" parsing '"));
  const auto colon = what.find(": ");
  return std::string(colon == what.npos ? what : what.substr(colon + 2));
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  std::string out;
  std::size_t copied = 0;
  for (auto at = text.find(from); at != text.npos; at = text.find(from, copied)) {
    out.append(text, copied, at - copied).append(to);
    copied = at + from.size();
  }
  if (copied == 0) {
    return text;
  }
  out.append(text, copied);
  return out;
}

// In JSON these characters only stand in strings, where they may be escaped as well.
std::string without_separators(std::string text) {
  text = replaced(std::move(text), "\xe2\x80\xa8", "\\u2028");
  text = replaced(std::move(text), "\xe2\x80\xa9", "\\u2029");
  return replaced(std::move(text), "\xc2\x85", "\\u0085");
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
    return tl::unexpected(ParseError{message_of(error.what()), offset});
  } catch (const Json::exception& error) {  // a number out of range
    return tl::unexpected(ParseError{message_of(error.what())});
  }
}

std::vector<std::string> keys_in_order(std::string_view text, std::string_view name) {
  KeyCollector collector(name);
  Json::sax_parse(text, &collector);
  return std::move(collector).keys();
}

std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) {
    return text;
  }
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) {
    --most;  // not in the middle of a UTF-8 sequence
  }
  text.resize(most);
  return text + "…";
}

std::string dump(const Json& value) {
  return without_separators(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string dump(const OrderedJson& value) {
  return without_separators(value.dump(-1, ' ', false, OrderedJson::error_handler_t::replace));
}

}  // namespace json
