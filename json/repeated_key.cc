#include "json/repeated_key.h"

#include <algorithm>
#include <deque>
#include <unordered_set>
#include <vector>

#include "json/parse.h"
#include "json/reader.h"

namespace json {
namespace {

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

// An object or array that is open, and where in it we are.
struct Container {
  bool object = false;
  bool expects_key = false;
  std::string_view key;
  std::size_t index = 0;
  Keys keys;
};

class Search {
 public:
  explicit Search(std::string_view text) : text_(text) {}

  std::optional<RepeatedKey> run() {
    for (std::size_t at = 0; at < text_.size(); ++at) {
      const char c = text_[at];
      if (c == '"') {
        const std::size_t begin = at;
        at = end_of_string(begin);
        if (!take(text_.substr(begin + 1, at - begin - 1))) {
          return RepeatedKey{pointer(), std::string(top().key), begin};
        }
      } else if (c == '{' || c == '[') {
        open(c == '{');
      } else if (c == '}' || c == ']') {
        --depth_;
      } else if (c == ',') {
        top().expects_key = top().object;
        ++top().index;
      }
    }
    return std::nullopt;
  }

 private:
  Container& top() { return open_[depth_ - 1]; }

  // Containers that were closed are used again, with what memory they have.
  void open(bool object) {
    if (depth_ == open_.size()) {
      open_.emplace_back();
    }
    ++depth_;
    top().object = top().expects_key = object;
    top().index = 0;
    top().keys.clear();
  }

  // The offset of the quote that ends the string that begins at `begin`.
  std::size_t end_of_string(std::size_t begin) const {
    std::size_t at = begin + 1;
    while (at < text_.size() && text_[at] != '"') {
      at += text_[at] == '\\' ? 2 : 1;
    }
    return std::min(at, text_.size());
  }

  // Takes in a string without its quotes; false if it is a key that is there already.
  bool take(std::string_view string) {
    if (depth_ == 0 || !top().expects_key) {
      return true;
    }
    top().expects_key = false;
    top().key = string;
    if (string.find('\\') != std::string_view::npos) {
      const auto value = parse("\"" + std::string(string) + "\"");
      const auto* const plain = value ? value->get_ptr<const std::string*>() : nullptr;
      if (plain != nullptr) {
        top().key = unescaped_.emplace_back(*plain);
      }
    }
    return top().keys.add(top().key);
  }

  std::string pointer() const {
    std::string out;
    for (std::size_t i = 0; i < depth_; ++i) {
      const Container& container = open_[i];
      out += "/" + (container.object ? escaped(container.key) : std::to_string(container.index));
    }
    return out;
  }

  std::string_view text_;
  std::deque<Container> open_;
  std::size_t depth_ = 0;
  std::deque<std::string> unescaped_;  // keys that the text does not have in this form
};

}  // namespace

std::optional<RepeatedKey> repeated_key(std::string_view text) {
  return Search(text).run();
}

}  // namespace json
