#include "json/parse.h"

#include <algorithm>
#include <array>
#include <forward_list>
#include <iterator>
#include <unordered_set>
#include <utility>
#include <vector>

#include "json/pointer.h"

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

// Lets the library read a text, and tells us how far it is, which its events do not say.
class Cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Cursor(const char* at, const char*& reached) : at_(at), reached_(&reached) {}

  reference operator*() const { return *at_; }
  Cursor& operator++() {
    *reached_ = ++at_;
    return *this;
  }
  bool operator==(const Cursor& other) const { return at_ == other.at_; }
  bool operator!=(const Cursor& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

// The keys of one object. Most have few.
class Keys {
 public:
  // False if it is there already.
  bool add(std::string_view key) {
    constexpr std::size_t kFew = 16;
    if (!many_.empty()) {
      return many_.insert(key).second;
    }
    if (std::ranges::find(few_, key) != few_.end()) {
      return false;
    }
    few_.push_back(key);
    if (few_.size() > kFew) {
      many_.insert(few_.begin(), few_.end());
    }
    return true;
  }
  void clear() {
    few_.clear();
    many_.clear();
  }

 private:
  std::vector<std::string_view> few_;
  std::unordered_set<std::string_view> many_;
};

// What is wanted of a text.
struct Wanted {
  bool value = false;
  bool repeated_key = false;
  std::optional<std::string_view> offset_of = {};  // this pointer
};

// Passes over a text once: makes its value, and finds what is wrong and where something stands.
class Pass final : public nlohmann::json_sax<Json> {
 public:
  Pass(std::string_view text, const Wanted& wanted)
      : text_(text),
        wanted_(wanted),
        follows_(wanted.repeated_key || wanted.offset_of),
        target_(parts_of(wanted.offset_of.value_or(""))),
        reached_(text.data()),
        end_(text.starts_with("\xEF\xBB\xBF") ? 3 : 0) {}

  // Once, before what follows.
  void run() {
    const char* const end = text_.data() + text_.size();
    const bool is_json =
        Json::sax_parse(Cursor(text_.data(), reached_), Cursor(end, reached_), this);
    if (const auto nul = text_.find('\0'); is_json && nul != text_.npos) {
      // The library takes it for the end of the text, whatever follows.
      error_ = ParseError{"a NUL byte follows the value", nul, false, {}};
      return;
    }
    if (is_json && repeated_) {
      error_ = ParseError{"a key is there twice", repeated_->offset, false, repeated_};
    }
  }
  std::optional<ParseError>& error() { return error_; }
  Json& value() { return value_; }
  // Of the target, or of what is nearest to it.
  std::size_t offset() const { return found_.empty() ? 0 : found_.back(); }

  bool null() override { return take(Json()); }
  bool boolean(bool value) override { return take(value); }
  bool number_integer(number_integer_t value) override { return take(value); }
  bool number_unsigned(number_unsigned_t value) override { return take(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return take(value); }
  bool string(string_t& value) override {
    return take(wanted_.value ? Json(std::move(value)) : Json());
  }
  bool binary(binary_t& /*value*/) override { return false; }
  bool start_object(std::size_t /*elements*/) override { return open(true); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*elements*/) override { return open(false); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    if (follows_) {
      follow_key(name);
    }
    if (wanted_.value) {
      name_ = std::move(name);
    }
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const Json::exception& problem) override {
    const auto* const syntax = dynamic_cast<const Json::parse_error*>(&problem);
    const bool is_placed = syntax != nullptr && syntax->byte > 0;  // a number out of range is not
    error_ = ParseError{message_of(problem.what()), is_placed ? syntax->byte - 1 : 0};
    return false;
  }

 private:
  // An object or array that is open, and where in it we are.
  struct Container {
    bool is_object = false;
    bool on_way = false;  // to the target
    std::string_view key;
    std::size_t elements = 0;  // that have begun
    Keys keys;

    std::string member() const {
      return is_object ? std::string(key) : std::to_string(elements - 1);
    }
  };

  bool take(Json value) {
    begin_value();
    if (wanted_.value) {
      put(std::move(value));
    }
    mark_end();
    return true;
  }

  bool open(bool is_object) {
    if (depth_ == kMaxDepth) {
      error_ = ParseError{"nested deeper than " + std::to_string(kMaxDepth) + " levels", 0, true};
      return false;
    }
    const bool on_way = begin_value();
    if (wanted_.value) {
      parents_[depth_] = &put(is_object ? Json::object() : Json::array());
    }
    if (follows_) {
      if (depth_ == open_.size()) {
        open_.emplace_back();
      }
      // One that was closed is used again, with what memory it has.
      Container& container = open_[depth_];
      container.is_object = is_object;
      container.on_way = on_way;
      container.elements = 0;
      container.keys.clear();
    }
    ++depth_;
    mark_end();
    return true;
  }

  bool close() {
    --depth_;
    mark_end();
    return true;
  }

  // Where the last token ends, or at most one character further: then it was a number, and the
  // character is none of a value.
  void mark_end() { end_ = static_cast<std::size_t>(reached_ - text_.data()); }

  Container& top() { return open_[depth_ - 1]; }

  // True if the value that begins is the target or on the way to it.
  bool begin_value() {
    if (!follows_) {
      return false;
    }
    bool on_way = wanted_.offset_of.has_value();
    if (depth_ > 0) {
      ++top().elements;
      on_way = top().on_way && depth_ <= target_.size() && top().member() == target_[depth_ - 1];
    }
    if (on_way) {
      found_.resize(depth_);  // of members of one name the last counts
      found_.push_back(text_.find_first_not_of(" \t\r\n:,", end_));
    }
    return on_way;
  }

  void follow_key(const std::string& name) {
    const std::size_t begin = text_.find('"', end_);
    mark_end();
    const std::string_view written = text_.substr(begin + 1, end_ - begin - 2);
    const bool is_plain = written.find('\\') == std::string_view::npos;
    top().key = is_plain ? written : std::string_view(unescaped_.emplace_front(name));
    if (wanted_.repeated_key && !repeated_ && !top().keys.add(top().key)) {
      repeated_ = RepeatedKey{pointer(), begin};
    }
  }

  std::string pointer() const {
    std::string out;
    for (std::size_t i = 0; i < depth_; ++i) {
      out += "/" + escaped(open_[i].member());
    }
    return out;
  }

  Json& put(Json value) {
    if (depth_ == 0) {
      return value_ = std::move(value);
    }
    Json& parent = *parents_[depth_ - 1];
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return parent.back();
    }
    return parent[std::move(name_)] = std::move(value);
  }

  std::string_view text_;
  const Wanted wanted_;
  const bool follows_;  // where we are in the text
  std::vector<std::string> target_;
  const char* reached_;

  std::optional<ParseError> error_;
  std::optional<RepeatedKey> repeated_;
  std::vector<std::size_t> found_;  // offsets: of the containers on the way, then of the target

  Json value_;
  std::array<Json*, kMaxDepth> parents_{};  // that are open, in value_
  std::string name_;                        // of the member that comes next

  std::size_t depth_ = 0;  // of open containers
  std::vector<Container> open_;
  std::forward_list<std::string> unescaped_;  // keys that the text does not have in this form
  std::size_t end_;                           // of the last token
};

tl::expected<Json, ParseError> value_of(std::string_view text, const Wanted& wanted) {
  Pass pass(text, wanted);
  pass.run();
  if (pass.error()) {
    return tl::unexpected(std::move(*pass.error()));
  }
  return std::move(pass.value());
}

}  // namespace

tl::expected<Json, ParseError> parse(std::string_view text) {
  return value_of(text, {.value = true});
}

tl::expected<Json, ParseError> parse_unique(std::string_view text) {
  return value_of(text, {.value = true, .repeated_key = true});
}

std::optional<ParseError> check_unique(std::string_view text) {
  Pass pass(text, {.repeated_key = true});
  pass.run();
  return pass.error();
}

std::size_t offset_of(std::string_view text, std::string_view pointer) {
  Pass pass(text, {.offset_of = pointer});
  pass.run();
  return pass.offset();
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
