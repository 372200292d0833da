#include "engine/yaml/path.h"

#include <charconv>
#include <optional>
#include <utility>

#include "engine/text/text.h"

namespace engine {
namespace {

// More than a message would show.
constexpr std::size_t kMaxNumbers = 20;

// Reads a path from left to right. Every reader leaves `at_` after what it read.
class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  Result<YamlPath> read() {
    YamlPath path{std::string(text_), {}, {}};
    while (at_ < text_.size()) {
      const bool leading = path.steps.empty();
      auto step = text_[at_] == '[' ? read_bracket() : read_key(leading && at_ == 0);
      if (!step) {
        return refuse();
      }
      const bool document = leading && step->kind == YamlStep::Kind::match;
      (document ? path.documents : path.steps).push_back(std::move(*step));
    }
    for (const YamlStep& step : path.documents) {
      if (step.key != "kind" && step.key != "name") {
        return refuse();
      }
    }
    return path.steps.empty() ? Result<YamlPath>(refuse()) : Result<YamlPath>(std::move(path));
  }

 private:
  std::optional<YamlStep> read_key(bool dot_may_miss) {
    if (text_[at_] == '.') {
      ++at_;
    } else if (!dot_may_miss) {
      return std::nullopt;
    }
    auto key = is_quote() ? read_quoted() : read_bare(".[");
    if (!key || key->empty()) {
      return std::nullopt;
    }
    return YamlStep{.kind = YamlStep::Kind::key, .key = std::move(*key), .value = {}};
  }

  std::optional<YamlStep> read_bracket() {
    ++at_;
    const bool quoted = is_quote();
    auto first = quoted ? read_quoted() : read_bare("=]");
    if (!first || at_ == text_.size()) {
      return std::nullopt;
    }
    if (text_[at_++] == ']') {
      return quoted ? YamlStep{.kind = YamlStep::Kind::key, .key = std::move(*first), .value = {}}
                    : item(*first);
    }
    if (text_[at_ - 1] != '=' || first->empty()) {
      return std::nullopt;
    }
    auto value = is_quote() ? read_quoted() : read_bare("]");
    if (!value || at_ == text_.size() || text_[at_++] != ']') {
      return std::nullopt;
    }
    return YamlStep{
        .kind = YamlStep::Kind::match, .key = std::move(*first), .value = std::move(*value)};
  }

  static std::optional<YamlStep> item(std::string_view digits) {
    YamlStep step{.kind = YamlStep::Kind::item, .key = {}, .value = {}};
    const char* const end = digits.data() + digits.size();
    const auto [stop, error] = std::from_chars(digits.data(), end, step.index);
    return error == std::errc() && stop == end ? std::optional(std::move(step)) : std::nullopt;
  }

  bool is_quote() const { return at_ < text_.size() && (text_[at_] == '"' || text_[at_] == '\''); }

  std::optional<std::string> read_quoted() {
    const std::size_t close = text_.find(text_[at_], at_ + 1);
    if (close == std::string_view::npos) {
      return std::nullopt;
    }
    std::string text(text_.substr(at_ + 1, close - at_ - 1));
    at_ = close + 1;
    return text;
  }

  // Up to one of `ends`; a backslash takes the next character as it is.
  std::optional<std::string> read_bare(std::string_view ends) {
    std::string text;
    for (; at_ < text_.size() && ends.find(text_[at_]) == std::string_view::npos; ++at_) {
      if (text_[at_] == '\\' && ++at_ == text_.size()) {
        return std::nullopt;
      }
      text += text_[at_];
    }
    return text;
  }

  Failure refuse() const {
    return fail(Code::bad_path,
                "the path '" + sanitize_line(text_) + "' is not readable after " +
                    std::to_string(at_) + " of its bytes",
                "Write the path like .spec.values.image.tag, with [0] or [name=x] for items of a "
                "list and quotes around a key with dots.");
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool has_value(const YamlSourceMap& stream, YamlIndex item, const YamlStep& step) {
  return stream.text(stream.find_direct(stream.resolved(item), step.key)) == step.value;
}

class Walker {
 public:
  Walker(const YamlSourceMap& stream, YamlIndex document) : stream_(stream) {
    done_.nodes.push_back(document);
  }

  // Takes the step; false if there is nothing, or an obstacle.
  bool take(const YamlStep& step) {
    const YamlIndex from = done_.nodes.back();
    if (stream_.kind(from) == YamlKind::alias) {
      return stop(from, "an alias is in the way");
    }
    return step.kind == YamlStep::Kind::key ? take_key(from, step) : take_item(from, step);
  }

  YamlWalk result() { return std::move(done_); }

 private:
  bool stop(YamlIndex at, std::string why,
            std::string way_on =
                "Write the value itself at that path instead of an alias or a merge key, then try "
                "again.") {
    done_.obstacle = std::move(why);
    done_.way_on = std::move(way_on);
    done_.obstacle_offset = stream_.offset(at);
    return false;
  }

  bool take_key(YamlIndex from, const YamlStep& step) {
    const auto keys = stream_.keys(from, step.key);
    if (keys.size() > 1) {
      return stop(keys[1], "the key `" + sanitize_line(step.key) + "` is there twice",
                  "Remove one of the two, then try again.");
    }
    if (keys.empty()) {
      const auto merged = stream_.find_merged(from, step.key);
      return merged ? stop(*merged,
                           "the key `" + sanitize_line(step.key) + "` comes through a merge key")
                    : false;
    }
    done_.key = keys.front();
    done_.nodes.push_back(stream_.value_of(keys.front()));
    return true;
  }

  bool take_item(YamlIndex from, const YamlStep& step) {
    if (stream_.kind(from) != YamlKind::sequence) {
      return false;
    }
    const auto items = stream_.children(from);
    std::vector<YamlIndex> found;
    std::string numbers;
    for (std::size_t i = 0; i < items.size(); ++i) {
      const bool fits =
          step.kind == YamlStep::Kind::item ? i == step.index : has_value(stream_, items[i], step);
      if (fits) {
        found.push_back(items[i]);
        numbers += found.size() > kMaxNumbers
                       ? ""
                       : (numbers.empty() ? "[" : ", [") + std::to_string(i) + "]";
      }
    }
    if (found.size() > 1) {
      return stop(found[1], "several items have that " + sanitize_line(step.key),
                  "Name the item by its number instead, one of " + numbers + ".");
    }
    if (found.empty()) {
      return false;
    }
    done_.key = 0;
    done_.nodes.push_back(found.front());
    return true;
  }

  const YamlSourceMap& stream_;
  YamlWalk done_;
};

}  // namespace

Result<YamlPath> YamlPath::parse(std::string_view text) {
  return PathReader(text).read();
}

YamlWalk walk(const YamlSourceMap& stream, YamlIndex document, const YamlPath& path) {
  Walker walker(stream, document);
  for (const YamlStep& step : path.steps) {
    if (!walker.take(step)) {
      break;
    }
  }
  return walker.result();
}

std::string spelled(const YamlPath& path, std::size_t steps) {
  std::string text;
  for (std::size_t i = 0; i < steps; ++i) {
    const YamlStep& step = path.steps[i];
    switch (step.kind) {
      case YamlStep::Kind::key:
        text += step.key.find_first_of(".[]\"'") == std::string::npos ? "." + step.key
                                                                      : "[\"" + step.key + "\"]";
        break;
      case YamlStep::Kind::item:
        text += "[" + std::to_string(step.index) + "]";
        break;
      case YamlStep::Kind::match:
        text += "[" + step.key + "=" + step.value + "]";
        break;
    }
  }
  return text.empty() ? "." : text;
}

}  // namespace engine
