#include "engine/yaml/source_map.h"

#include <algorithm>
#include <exception>
#include <set>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "engine/yaml/alias_keys.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

constexpr std::string_view kMergeKey = "<<";
// A tag of `%TAG` can be long and is repeated by every use.
constexpr std::size_t kMaxTagBytes = 1024;
// How many nodes are taken in between two looks at whether to stop.
constexpr std::size_t kNodesPerLook = 1024;

// Ends the parser, which knows no other way out of its recursion.
struct Stopped : std::exception {};

std::string located(std::string_view file, std::size_t line, std::string_view what) {
  return std::string(file) + ":" + std::to_string(line) + ": " + std::string(what);
}

// Whether a line that begins with "%" stands before a document's first token, with nothing but
// comments and blank lines between.
bool follows_directive(std::string_view bytes, std::size_t offset) {
  for (std::size_t line = line_begin(bytes, offset); line > 0;) {
    line = line_begin(bytes, line - 1);
    const std::size_t content = skip_blanks(bytes, line);
    const bool after_mark = line == 0 && bytes.starts_with(kByteOrderMark);
    if (bytes.substr(line + (after_mark ? kByteOrderMark.size() : 0), 1) == "%") {
      return true;
    }
    if (content < bytes.size() && !is_break(bytes[content]) && bytes[content] != '#') {
      return false;
    }
  }
  return false;
}

std::string fix_syntax_hint(std::string_view bytes) {
  const bool conflict = bytes.find("\n<<<<<<< ") != std::string_view::npos;
  return conflict ? "The file holds an unresolved merge conflict. Resolve it, then try again."
                  : "Correct the file in the Flux repository, then try again.";
}

// The same from every version of yaml-cpp: 0.8 adds the name of an anchor that is not there.
std::string reason_of(const YAML::Exception& error) {
  constexpr std::string_view kUnknownAnchor = "the referenced anchor is not defined";
  return std::string(error.msg.starts_with(kUnknownAnchor) ? kUnknownAnchor : error.msg);
}

}  // namespace

// Receives the parser's events. Thrown YAML::ParserException passes through the parser unharmed.
class YamlSourceMap::Builder final : public YAML::EventHandler {
 public:
  // `skipped`: bytes before those that the parser sees; `colons`: before which it sees a space.
  Builder(YamlSourceMap& stream, std::size_t skipped, const std::vector<std::size_t>& colons,
          const std::stop_token& stop)
      : stream_(stream), skipped_(skipped), colons_(colons), stop_(stop) {
    tag_numbers_.emplace("?", 0);
    stream_.tags_.emplace_back("?");
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    const std::size_t offset = offset_of(mark);
    // yaml-cpp takes whatever follows a document's root for another document, and what cannot begin
    // one, such as a comma, for documents without end.
    if (!stream_.documents_.empty() &&
        (offset == last_start_ || !stream_.begins_document(offset))) {
      throw YAML::ParserException(mark, "something follows the end of the document");
    }
    if (stream_.bytes_.substr(offset, 3) != "---" && follows_directive(stream_.bytes_, offset)) {
      throw YAML::ParserException(mark, "a directive (%) without a line --- after it");
    }
    last_start_ = offset;
    first_anchor_ = static_cast<std::uint32_t>(stream_.anchored_.size() - 1);
    stream_.documents_.push_back(next());
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(YamlKind::null, mark, anchor);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    stream_.aliases_.push_back(next());
    add(YamlKind::alias, mark, YAML::NullAnchor);
    stream_.nodes_.back().anchor = first_anchor_ + static_cast<std::uint32_t>(anchor);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    YamlNode& node = add(YamlKind::scalar, mark, anchor);
    node.tag = tag_number(mark, tag);
    node.text_begin = static_cast<std::uint32_t>(stream_.texts_.size());
    node.text_size = static_cast<std::uint32_t>(value.size());
    stream_.texts_ += value;
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    open(YamlKind::sequence, mark, tag, anchor, style);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    open(YamlKind::mapping, mark, tag, anchor, style);
  }
  void OnMapEnd() override { close(); }

 private:
  YamlIndex next() const { return static_cast<YamlIndex>(stream_.nodes_.size()); }

  std::size_t offset_of(const YAML::Mark& mark) const {
    const std::size_t seen = mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos);
    return std::min(without_spaces(seen, colons_) + skipped_, stream_.bytes_.size());
  }

  YamlNode& add(YamlKind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (stream_.nodes_.size() % kNodesPerLook == 0 && stop_.stop_requested()) {
      throw Stopped();
    }
    YamlNode node;
    node.kind = kind;
    node.offset = static_cast<std::uint32_t>(offset_of(mark));
    node.end = next() + 1;
    if (anchor != YAML::NullAnchor) {
      node.anchor = first_anchor_ + static_cast<std::uint32_t>(anchor);
      stream_.anchored_.resize(node.anchor + 1);
      stream_.anchored_[node.anchor] = next();
    }
    stream_.nodes_.push_back(node);
    return stream_.nodes_.back();
  }

  void open(YamlKind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
            YAML::EmitterStyle::value style) {
    if (open_.size() == kMaxYamlDepth) {
      throw YAML::ParserException(mark, kNestedTooDeep);
    }
    open_.push_back(next());
    YamlNode& node = add(kind, mark, anchor);
    node.tag = tag_number(mark, tag);
    node.flow = style == YAML::EmitterStyle::Flow;
  }

  void close() {
    stream_.nodes_[open_.back()].end = next();
    open_.pop_back();
  }

  std::uint32_t tag_number(const YAML::Mark& mark, const std::string& tag) {
    if (tag.size() > kMaxTagBytes) {
      throw YAML::ParserException(mark, "a tag is too long");
    }
    const auto [place, added] =
        tag_numbers_.emplace(tag, static_cast<std::uint32_t>(stream_.tags_.size()));
    if (added) {
      stream_.tags_.push_back(tag);
    }
    return place->second;
  }

  YamlSourceMap& stream_;
  std::size_t skipped_;
  const std::vector<std::size_t>& colons_;
  const std::stop_token& stop_;
  std::size_t last_start_ = 0;      // of a document
  std::uint32_t first_anchor_ = 0;  // yaml-cpp restarts its count of anchors in each document
  std::vector<YamlIndex> open_;
  std::map<std::string, std::uint32_t> tag_numbers_;
};

Result<YamlSourceMap> YamlSourceMap::build(std::string_view file, std::string_view bytes,
                                           const std::stop_token& stop) {
  YamlSourceMap stream(file, bytes);
  if (const auto offset = find_unprintable(bytes)) {
    return stream.refuse(Code::bad_manifest, *offset, "not text in UTF-8, or a control character",
                         fix_syntax_hint(bytes));
  }
  const std::size_t skipped = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  if (bytes.substr(skipped).starts_with(kByteOrderMark)) {
    return stream.refuse_unreadable(0, "a second byte order mark");
  }
  if (const auto excess = find_excess(bytes)) {
    return stream.refuse_unreadable(excess->offset, excess->what);
  }
  const std::vector<std::size_t> colons = colons_of_alias_keys(bytes.substr(skipped));
  std::istringstream input{with_spaces(bytes.substr(skipped), colons)};
  Builder builder(stream, skipped, colons, stop);
  try {
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const Stopped&) {
    return fail(Code::cancelled, "The request was cancelled.");
  } catch (const YAML::Exception& error) {
    const std::size_t line =
        error.mark.is_null() ? 1 : static_cast<std::size_t>(error.mark.line) + 1;
    return fail(Code::bad_manifest,
                located(file, line, "not readable as YAML: " + reason_of(error)),
                fix_syntax_hint(bytes));
  }
  return stream;
}

// How many nodes keys() or children() looks at.
std::size_t YamlSourceMap::children_looked_at(YamlIndex collection) const {
  std::size_t count = 1;
  for (YamlIndex child = collection + 1; child < node(collection).end; child = node(child).end) {
    ++count;
  }
  return count;
}

// Walks the merge keys of every mapping, and what every alias stands for, as far as the limit.
bool YamlSourceMap::repeats_too_much() const {
  std::size_t count = 0;
  for (YamlIndex index = 0; index < nodes_.size() && count <= kMaxYamlRepeats; ++index) {
    if (node(index).kind == YamlKind::alias) {
      count += children_looked_at(resolved(index));
    } else if (node(index).kind == YamlKind::mapping) {
      visit_merged(index, [&](YamlIndex source) {
        count += source == index ? 0 : children_looked_at(source);
        return count > kMaxYamlRepeats;
      });
    }
  }
  return count > kMaxYamlRepeats;
}

// A document other than the first begins with "---", or is bare after a line "..." (YAML 1.2.2,
// 9.2). `offset` is that of its first token.
bool YamlSourceMap::begins_document(std::size_t offset) const {
  if (bytes_.substr(offset, 3) == "---") {
    return true;
  }
  std::size_t line = line_begin(bytes_, offset);
  while (line > 0) {
    line = line_begin(bytes_, line - 1);
    const std::size_t content = skip_blanks(bytes_, line);
    if (bytes_.substr(line, 3) == "...") {
      return true;
    }
    if (content < bytes_.size() && !is_break(bytes_[content]) && bytes_[content] != '#') {
      return false;
    }
  }
  return false;
}

std::string_view YamlSourceMap::text(const YamlNode& node) const {
  return std::string_view(texts_).substr(node.text_begin, node.text_size);
}

YamlIndex YamlSourceMap::resolved(YamlIndex index) const {
  return node(index).kind == YamlKind::alias ? anchored(node(index).anchor) : index;
}

std::vector<YamlIndex> YamlSourceMap::children(YamlIndex index) const {
  std::vector<YamlIndex> found;
  for (YamlIndex child = index + 1; child < node(index).end; child = node(child).end) {
    found.push_back(child);
  }
  return found;
}

std::vector<YamlIndex> YamlSourceMap::keys(YamlIndex mapping, std::string_view key) const {
  std::vector<YamlIndex> found;
  if (node(mapping).kind != YamlKind::mapping) {
    return found;
  }
  for (YamlIndex at = mapping + 1; at < node(mapping).end; at = node(value_of(at)).end) {
    const YamlNode& candidate = node(resolved(at));
    if (candidate.kind == YamlKind::scalar && text(candidate) == key) {
      found.push_back(at);
    }
  }
  return found;
}

std::optional<YamlIndex> YamlSourceMap::find(YamlIndex mapping, std::string_view key) const {
  const std::vector<YamlIndex> found = keys(mapping, key);
  return found.empty() ? std::nullopt : std::optional(value_of(found.front()));
}

// Shows `visit` the mapping, then what its merge keys lead to, in the order in which they count:
// mappings, each once, and the lists that name them. Ends when `visit` returns true.
template <class Visit>
void YamlSourceMap::visit_merged(YamlIndex mapping, Visit visit) const {
  std::set<YamlIndex> seen = {mapping};
  std::vector<YamlIndex> sources = {mapping};  // a stack: the one to look at next is the last
  while (!sources.empty()) {
    const YamlIndex source = sources.back();
    sources.pop_back();
    if (visit(source)) {
      return;
    }
    std::vector<YamlIndex> merged;
    for (const YamlIndex merge : keys(source, kMergeKey)) {
      const YamlIndex value = resolved(value_of(merge));
      if (node(value).kind != YamlKind::sequence) {
        merged.push_back(value);
      } else if (visit(value)) {
        return;
      } else {
        std::ranges::copy(children(value), std::back_inserter(merged));
      }
    }
    for (auto next = merged.rbegin(); next != merged.rend(); ++next) {
      const YamlIndex target = resolved(*next);
      if (node(target).kind == YamlKind::mapping && seen.insert(target).second) {
        sources.push_back(target);
      }
    }
  }
}

std::optional<YamlIndex> YamlSourceMap::find_merged(YamlIndex mapping, std::string_view key) const {
  std::optional<YamlIndex> found;
  visit_merged(mapping, [&](YamlIndex source) {
    found = source == mapping ? std::nullopt : find(source, key);
    return found.has_value();
  });
  return found;
}

Failure YamlSourceMap::refuse_unreadable(std::size_t offset, std::string_view what) const {
  return refuse(Code::bad_manifest, offset, "not readable as YAML: " + std::string(what),
                fix_syntax_hint(bytes_));
}

Failure YamlSourceMap::refuse(Code code, std::size_t offset, std::string_view what,
                              std::string hint, Details details) const {
  return fail(code, located(file_, line_at(bytes_, offset), what), std::move(hint),
              std::move(details));
}

}  // namespace engine
