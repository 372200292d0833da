#include "engine/yaml/nesting.h"

#include <algorithm>
#include <vector>

#include "engine/text/ascii.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

bool is_flow_indicator(char c) {
  return std::string_view(",[]{}").find(c) != std::string_view::npos;
}

// Reads the text as a scanner does, but keeps only which collections are open.
class NestingScan {
 public:
  explicit NestingScan(std::string_view bytes) : bytes_(bytes) {}

  std::optional<YamlExcess> run() {
    at_ = bytes_.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
    line_ = at_;
    while (at_ < bytes_.size()) {
      const std::size_t token = at_;
      take_token();
      if (levels_.size() + pairs_ > kMaxYamlDepth) {
        return YamlExcess{token, kNestedTooDeep};
      }
      if (directives_ > kMaxYamlDirectives) {
        return YamlExcess{token,
                          "more than " + std::to_string(kMaxYamlDirectives) + " directives (%)"};
      }
    }
    return std::nullopt;
  }

 private:
  enum class Kind : unsigned char { block_sequence, block_mapping, flow_sequence, flow_mapping };
  struct Level {
    Kind kind;
    std::size_t column;  // of a block collection
    bool pair = false;   // in a flow sequence: a mapping without braces, [a: b], is open
  };

  bool in_flow() const {
    return !levels_.empty() && (levels_.back().kind == Kind::flow_sequence ||
                                levels_.back().kind == Kind::flow_mapping);
  }

  bool is_space_at(std::size_t offset) const {
    return offset >= bytes_.size() || is_blank(bytes_[offset]) || is_break(bytes_[offset]);
  }

  bool is_comment_at(std::size_t offset) const {
    return bytes_[offset] == '#' && (offset == line_ || is_space_at(offset - 1));
  }

  bool is_document_mark_at(std::size_t offset) const {
    const std::string_view mark = bytes_.substr(offset, 3);
    return offset == line_ && (mark == "---" || mark == "...") && is_space_at(offset + 3);
  }

  void begin_line(std::size_t offset) {
    line_ = offset;
    fresh_ = true;
    node_column_.reset();
  }

  void take_token() {
    const char c = bytes_[at_];
    if (is_break(c)) {
      begin_line(++at_);
    } else if (is_blank(c)) {
      ++at_;
    } else if (is_document_mark_at(at_)) {
      levels_.clear();
      pairs_ = 0;
      directives_ = 0;
      fresh_ = false;
      at_ += 3;
    } else if (c == '#') {
      at_ = line_end(bytes_, at_);
    } else if (in_flow()) {
      take_in_flow(c);
    } else {
      take_in_block(c);
    }
  }

  void take_in_block(char c) {
    const std::size_t column = at_ - line_;
    const bool indicator = is_space_at(at_ + 1);
    if (fresh_) {
      unwind(column, c == '-' && indicator);
      fresh_ = false;
    }
    if (c == '%' && column == 0) {
      ++directives_;
      at_ = line_end(bytes_, at_);
    } else if (c == '-' && indicator) {
      open_block(Kind::block_sequence, column);
      ++at_;
    } else if ((c == '?' || c == ':') && indicator) {
      open_block(Kind::block_mapping, node_column_.value_or(column));
      ++at_;
    } else if (c == '|' || c == '>') {
      skip_block_scalar();
    } else {
      node_column_ = node_column_.value_or(column);
      take_node(c);
    }
  }

  // What may be a key in a block.
  void take_node(char c) {
    if (c == '"' || c == '\'') {
      skip_quoted();
    } else if (c == '[' || c == '{') {
      open_flow(c);
    } else if (c == '&' || c == '*' || c == '!') {
      skip_property(c);
    } else {
      skip_plain_in_block();
    }
  }

  // A line that begins further left ends what is open to the right of it.
  void unwind(std::size_t column, bool at_item) {
    while (!levels_.empty() && (levels_.back().column > column ||
                                (levels_.back().column == column &&
                                 levels_.back().kind == Kind::block_sequence && !at_item))) {
      levels_.pop_back();
    }
  }

  // A sequence may begin in the column of the key that it is the value of.
  void open_block(Kind kind, std::size_t column) {
    node_column_.reset();
    if (!levels_.empty() && levels_.back().column >= column && levels_.back().kind == kind) {
      return;
    }
    levels_.push_back({kind, column});
  }

  void take_in_flow(char c) {
    const bool after_json = after_json_;
    after_json_ = false;
    const std::size_t next = at_ + 1;
    const bool indicator =
        is_space_at(next) || (c == ':' && (after_json || is_flow_indicator(bytes_[next])));
    if (c == '[' || c == '{') {
      open_flow(c);
    } else if (c == ']' || c == '}') {
      end_pair();
      levels_.pop_back();
      after_json_ = true;
      ++at_;
    } else if (c == ',') {
      end_pair();
      ++at_;
    } else if (c == '"' || c == '\'') {
      skip_quoted();
      after_json_ = true;
    } else if ((c == '?' || c == ':') && indicator) {
      begin_pair();
      ++at_;
    } else if (c == '&' || c == '*' || c == '!') {
      skip_property(c);
    } else {
      skip_plain(true);
    }
  }

  void open_flow(char c) {
    levels_.push_back({c == '[' ? Kind::flow_sequence : Kind::flow_mapping, 0});
    ++at_;
  }

  void begin_pair() {
    Level& level = levels_.back();
    if (level.kind == Kind::flow_sequence && !level.pair) {
      level.pair = true;
      ++pairs_;
    }
  }

  void end_pair() {
    if (levels_.back().pair) {
      levels_.back().pair = false;
      --pairs_;
    }
  }

  // A tag, an anchor or an alias. The colon after an alias that is a key is not of its name.
  void skip_property(char c) {
    const std::size_t next = at_ + 1;
    at_ = std::max(next, name_end(bytes_, at_));
    if (c != '!' && at_ > next && bytes_[at_ - 1] == ':') {
      --at_;
    }
  }

  void skip_quoted() {
    const std::size_t begin = at_;
    at_ = quoted_end(bytes_, begin).value_or(bytes_.size());
    const std::size_t last = bytes_.substr(begin, at_ - begin).rfind('\n');
    if (last != std::string_view::npos) {
      line_ = begin + last + 1;
    }
  }

  // Whether a plain scalar ends at the offset, which is not its first.
  bool ends_plain_at(std::size_t offset, bool flow) const {
    const char c = bytes_[offset];
    return is_break(c) || (flow && is_flow_indicator(c)) || is_comment_at(offset) ||
           (c == ':' &&
            (is_space_at(offset + 1) || (flow && is_flow_indicator(bytes_[offset + 1]))));
  }

  void skip_plain(bool flow) {
    do {
      ++at_;
    } while (at_ < bytes_.size() && !ends_plain_at(at_, flow));
  }

  // Goes on over the lines that are indented more than the collection that it is in.
  void skip_plain_in_block() {
    skip_plain(false);
    while (at_ < bytes_.size() && is_break(bytes_[at_])) {
      std::size_t line = at_;
      std::size_t content = at_;
      while (content < bytes_.size() && is_break(bytes_[content])) {
        line = content + 1;
        content = skip_blanks(bytes_, line);
      }
      const std::size_t spaces = std::min(bytes_.find_first_not_of(' ', line), content) - line;
      if (content >= bytes_.size() || spaces < least_indent() || bytes_[content] == '#') {
        return;
      }
      line_ = line;
      if (is_document_mark_at(content)) {
        begin_line(line);
        at_ = line;
        return;
      }
      at_ = content;
      if (!ends_plain_at(at_, false)) {
        skip_plain(false);
      }
    }
  }

  // The columns that belong to a scalar in the collection that is open.
  std::size_t least_indent() const { return levels_.empty() ? 0 : levels_.back().column + 1; }

  void skip_block_scalar() {
    const std::size_t least = std::max<std::size_t>(least_indent(), 1);
    at_ = line_end(bytes_, at_);
    while (at_ < bytes_.size()) {
      const std::size_t line = at_ + std::max<std::size_t>(line_break_at(bytes_, at_).size(), 1);
      const std::size_t content = std::min(bytes_.find_first_not_of(' ', line), bytes_.size());
      const bool empty = content == bytes_.size() || is_break(bytes_[content]);
      if (!empty && content - line < least) {
        return;
      }
      at_ = line_end(bytes_, content);
    }
  }

  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t line_ = 0;     // where the line of at_ begins
  bool fresh_ = true;        // nothing of the line has been read
  bool after_json_ = false;  // in flow: after a quote or a bracket that closes, ":" needs no space
  // Of what may become the first key of a block mapping.
  std::optional<std::size_t> node_column_;
  std::vector<Level> levels_;
  std::size_t pairs_ = 0;
  std::size_t directives_ = 0;
};

}  // namespace

std::optional<YamlExcess> find_excess(std::string_view bytes) {
  return NestingScan(bytes).run();
}

}  // namespace engine
