// YamlReader::read(): libyaml's events become nodes.
#include <algorithm>
#include <map>
#include <yaml.h>

#include "engine/text/utf8.h"
#include "engine/yaml/reader.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

// How many events are taken in between two looks at whether to stop.
constexpr std::size_t kEventsPerLook = 1024;

// Byte offsets of characters, asked for in order.
class CharacterOffsets {
 public:
  explicit CharacterOffsets(std::string_view bytes) : bytes_(bytes) {}

  std::size_t offset_of(std::size_t character) {
    for (; character_ < character && offset_ < bytes_.size(); ++character_) {
      do {
        ++offset_;
      } while (offset_ < bytes_.size() && continues_character(bytes_[offset_]));
    }
    return offset_;
  }

 private:
  std::string_view bytes_;
  std::size_t offset_ = 0;
  std::size_t character_ = 0;
};

// Line and column of a mark as editors count them: to libyaml, U+0085, U+2028 and U+2029 end lines,
// too, and so does the end of the text.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
};

Position position_of(std::string_view bytes, const yaml_mark_t& mark) {
  const std::size_t offset = CharacterOffsets(bytes).offset_of(mark.index);
  const std::size_t begin = line_begin(bytes, offset);
  return {line_at(bytes, offset), 1 + count_characters(bytes.substr(begin, offset - begin))};
}

// libyaml's parser and its current event, freed in any case.
class Parser {
 public:
  explicit Parser(std::string_view bytes)
      : bytes_(bytes), ok_(yaml_parser_initialize(&parser_) != 0) {
    if (ok_) {
      // libyaml stops the process at a null pointer, even for no bytes.
      const char* begin = bytes.empty() ? "" : bytes.data();
      yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(begin),
                                   bytes.size());
      yaml_parser_set_encoding(&parser_, YAML_UTF8_ENCODING);
    }
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;
  ~Parser() {
    end_event();
    if (ok_) {
      yaml_parser_delete(&parser_);
    }
  }

  // The next event; null where the text is no YAML.
  const yaml_event_t* next() {
    end_event();
    has_event_ = ok_ && yaml_parser_parse(&parser_, &event_) != 0;
    return has_event_ ? &event_ : nullptr;
  }

  // After next() has returned null: in libyaml's words. A token that cannot be read is shown where
  // it begins, since a quote that is not closed ends with the text.
  YamlError fault() const {
    if (!ok_ || parser_.problem == nullptr) {
      return {.what = "out of memory"};
    }
    const bool in_token = parser_.error == YAML_SCANNER_ERROR && parser_.context != nullptr;
    const Position found = position_of(bytes_, parser_.problem_mark);
    return {.line = in_token ? position_of(bytes_, parser_.context_mark).line : found.line,
            .what = (parser_.context == nullptr ? "" : std::string(parser_.context) + ", ") +
                    parser_.problem + " (line " + std::to_string(found.line) + ", column " +
                    std::to_string(found.column) + ")"};
  }

 private:
  void end_event() {
    if (has_event_) {
      yaml_event_delete(&event_);
      has_event_ = false;
    }
  }

  std::string_view bytes_;
  yaml_parser_t parser_ = {};
  yaml_event_t event_ = {};
  bool ok_;
  bool has_event_ = false;
};

YamlStyle style_of(yaml_scalar_style_t style, bool empty) {
  switch (style) {
    case YAML_SINGLE_QUOTED_SCALAR_STYLE:
      return YamlStyle::single_quoted;
    case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
      return YamlStyle::double_quoted;
    case YAML_LITERAL_SCALAR_STYLE:
    case YAML_FOLDED_SCALAR_STYLE:
      return YamlStyle::block;
    default:
      return empty ? YamlStyle::empty : YamlStyle::plain;
  }
}

bool is_null_word(std::string_view text) {
  return text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL";
}

}  // namespace

// Takes libyaml's events one by one.
class YamlReader::Builder {
 public:
  // `bytes`: the text without its byte order mark, before which are `skipped` bytes.
  Builder(std::string_view bytes, std::size_t skipped, YamlReader& out)
      : bytes_(bytes), skipped_(skipped), out_(out), offsets_(bytes) {}

  // What is wrong with the event; null if nothing is.
  const char* take(const yaml_event_t& event) {
    switch (event.type) {
      case YAML_DOCUMENT_START_EVENT:
        anchors_.clear();
        out_.documents_.push_back(next());
        return nullptr;
      case YAML_SCALAR_EVENT:
        return add_scalar(event);
      case YAML_ALIAS_EVENT:
        return add_alias(event);
      case YAML_SEQUENCE_START_EVENT: {
        const auto& start = event.data.sequence_start;
        return open(Kind::sequence, start.style == YAML_FLOW_SEQUENCE_STYLE, start.anchor,
                    start.tag);
      }
      case YAML_MAPPING_START_EVENT: {
        const auto& start = event.data.mapping_start;
        return open(Kind::mapping, start.style == YAML_FLOW_MAPPING_STYLE, start.anchor, start.tag);
      }
      case YAML_SEQUENCE_END_EVENT:
      case YAML_MAPPING_END_EVENT:
        close();
        return nullptr;
      default:
        return nullptr;
    }
  }

 private:
  struct Anchor {
    std::uint32_t number = 0;
    // The values that its node stands for; nothing while the node is open: it would hold itself.
    std::optional<std::uint64_t> values = {};
  };
  struct Open {
    Index node = 0;
    Anchor* anchor = nullptr;
    std::uint64_t values_before = 0;
  };

  Index next() const { return static_cast<Index>(out_.nodes_.size()); }
  // As if the aliases were written out.
  std::uint64_t values() const { return out_.nodes_.size() + out_.aliased_; }

  YamlNode& add(Kind kind) {
    out_.nodes_.push_back({.kind = kind, .end = next() + 1});
    return out_.nodes_.back();
  }

  // Gives the node that was added last its anchor and tag; false if the tag is too long.
  bool set_properties(const yaml_char_t* name, const yaml_char_t* tag, Anchor*& anchor) {
    YamlNode& node = out_.nodes_.back();
    if (name != nullptr) {
      node.anchor = static_cast<std::uint32_t>(out_.anchored_.size());
      out_.anchored_.push_back(next() - 1);
      anchor = &anchors_[reinterpret_cast<const char*>(name)];
      *anchor = {.number = node.anchor};
    }
    if (tag != nullptr) {
      std::string text = reinterpret_cast<const char*>(tag);
      if (text.size() > kMaxYamlTagBytes) {
        return false;
      }
      const auto count = static_cast<std::uint32_t>(out_.tags_.size());
      const auto [place, added] = tag_numbers_.emplace(text, count);
      if (added) {
        out_.tags_.push_back(std::move(text));
      }
      node.tag = place->second;
    }
    return true;
  }

  const char* add_scalar(const yaml_event_t& event) {
    const auto& scalar = event.data.scalar;
    const std::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
    const bool plain = scalar.style == YAML_PLAIN_SCALAR_STYLE;
    const bool null = plain && scalar.tag == nullptr && is_null_word(text);
    YamlNode& node = add(null ? Kind::null : Kind::scalar);
    node.style = style_of(scalar.style, text.empty());
    node.text_begin = static_cast<std::uint32_t>(out_.texts_.size());
    node.text_size = static_cast<std::uint32_t>(text.size());
    out_.texts_ += text;
    Anchor* anchor = nullptr;
    if (!set_properties(scalar.anchor, scalar.tag, anchor)) {
      return kTagTooLong;
    }
    if (anchor != nullptr) {
      anchor->values = 1;
    }
    return nullptr;
  }

  const char* add_alias(const yaml_event_t& event) {
    const auto found = anchors_.find(reinterpret_cast<const char*>(event.data.alias.anchor));
    if (found == anchors_.end()) {
      return "the referenced anchor is not defined";
    }
    const Anchor& anchor = found->second;
    out_.aliases_.push_back(next());
    YamlNode& node = add(Kind::alias);
    node.style = YamlStyle::alias;
    node.anchor = anchor.number;
    const std::uint64_t most = kMaxAliasedValues + 1;
    out_.aliased_ = std::min(out_.aliased_ + anchor.values.value_or(most), most);
    const std::size_t end = offsets_.offset_of(event.end_mark.index);
    if (bytes_.substr(end, 1) == ":") {
      out_.alias_colons_.push_back(end + skipped_);
    }
    return nullptr;
  }

  const char* open(Kind kind, bool flow, const yaml_char_t* name, const yaml_char_t* tag) {
    if (open_.size() == kMaxYamlDepth) {
      return "nested more than 64 levels deep";
    }
    Open opened{.node = next(), .values_before = values()};
    add(kind).flow = flow;
    if (!set_properties(name, tag, opened.anchor)) {
      return kTagTooLong;
    }
    open_.push_back(opened);
    return nullptr;
  }

  void close() {
    const Open done = open_.back();
    open_.pop_back();
    out_.nodes_[done.node].end = next();
    // Another node may have taken the name meanwhile.
    if (done.anchor != nullptr && done.anchor->number == out_.nodes_[done.node].anchor) {
      done.anchor->values = values() - done.values_before;
    }
  }

  static constexpr const char* kTagTooLong = "a tag is too long";

  std::string_view bytes_;
  std::size_t skipped_;
  YamlReader& out_;
  CharacterOffsets offsets_;
  std::vector<Open> open_;
  std::map<std::string, Anchor, std::less<>> anchors_;
  std::map<std::string, std::uint32_t> tag_numbers_;
};

tl::expected<YamlReader, YamlError> YamlReader::read(std::string_view bytes,
                                                     const std::stop_token& stop) {
  if (const auto offset = find_excess_directive(bytes)) {
    return tl::unexpected(
        YamlError{.line = line_at(bytes, *offset),
                  .what = "more than " + std::to_string(kMaxYamlDirectives) + " directives (%)"});
  }
  // libyaml would count it as a column.
  const std::size_t skipped = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  const std::string_view text = bytes.substr(skipped);
  if (text.starts_with(kByteOrderMark)) {
    return tl::unexpected(YamlError{.what = "a second byte order mark"});
  }
  YamlReader yaml;
  yaml.nodes_.reserve(text.size() / 10);
  Builder builder(text, skipped, yaml);
  Parser parser(text);
  for (std::size_t count = 0; const yaml_event_t* event = parser.next(); ++count) {
    if (event->type == YAML_STREAM_END_EVENT) {
      return yaml;
    }
    if (count % kEventsPerLook == 0 && stop.stop_requested()) {
      return tl::unexpected(
          YamlError{.code = Code::cancelled, .what = "The request was cancelled."});
    }
    if (const char* const problem = builder.take(*event)) {
      return tl::unexpected(
          YamlError{.line = position_of(text, event->start_mark).line, .what = problem});
    }
  }
  return tl::unexpected(parser.fault());
}

}  // namespace engine
