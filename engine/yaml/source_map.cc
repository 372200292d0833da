#include "engine/yaml/source_map.h"

#include <algorithm>
#include <exception>
#include <optional>
#include <sstream>
#include <utility>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include "engine/yaml/text.h"

namespace engine {
namespace {

// How many nodes are taken in between two looks at whether to stop.
constexpr std::size_t kNodesPerLook = 1024;

// Ends the parser, which knows no other way out of its recursion.
struct Stopped : std::exception {};

std::string located(std::string_view file, std::size_t line, std::string_view what) {
  return std::string(file) + ":" + std::to_string(line) + ": " + std::string(what);
}

Failure refuse_text(std::string_view file, std::size_t line, std::string_view what,
                    std::string_view bytes) {
  const bool conflict = bytes.find("\n<<<<<<< ") != std::string_view::npos;
  return fail(Code::bad_manifest, located(file, line, what),
              conflict ? "The file holds an unresolved merge conflict. Resolve it, then try again."
                       : "Correct the file in the Flux repository, then try again.");
}

Failure refuse_unreadable(std::string_view file, std::size_t line, std::string_view what,
                          std::string_view bytes) {
  return refuse_text(file, line, "not readable as YAML: " + std::string(what), bytes);
}

// What libyaml says of no line, and a carriage return alone, which it takes for the end of one.
std::optional<Failure> refuse_unprintable(std::string_view file, std::string_view bytes) {
  const auto offset = find_unprintable(bytes);
  return offset ? std::optional(refuse_text(file, line_at(bytes, *offset),
                                            "not text in UTF-8, or a control character", bytes))
                : std::nullopt;
}

Failure refuse_cancelled() {
  return fail(Code::cancelled, "The request was cancelled.");
}

// The bytes with a space before each of the colons, which means the same to every parser: yaml-cpp
// takes a colon directly after an alias (`*app: x`) for a part of its name.
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

// Where the byte at `offset` of that text stands in the bytes.
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

}  // namespace

// Receives yaml-cpp's events, and notes where each of libyaml's nodes begins. An exception passes
// through the parser unharmed. Ends the parser before it goes deeper than libyaml did.
class YamlSourceMap::Marks final : public YAML::EventHandler {
 public:
  Marks(YamlSourceMap& map, const std::stop_token& stop) : map_(map), stop_(stop) {
    map_.offsets_.reserve(map_.nodes().size());
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t) override { add(YamlKind::null, mark); }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { add(YamlKind::alias, mark); }
  void OnScalar(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                const std::string&) override {
    add(YamlKind::scalar, mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {
    add(YamlKind::sequence, mark);
  }
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark& mark, const std::string&, YAML::anchor_t,
                  YAML::EmitterStyle::value) override {
    add(YamlKind::mapping, mark);
  }
  void OnMapEnd() override {}

 private:
  void add(YamlKind kind, const YAML::Mark& mark) {
    const auto next = static_cast<YamlIndex>(map_.offsets_.size());
    if (next % kNodesPerLook == 0 && stop_.stop_requested()) {
      throw Stopped();
    }
    if (next == map_.nodes().size() || map_.kind(next) != kind) {
      throw YAML::ParserException(mark, "parsers differ on what is here");
    }
    map_.offsets_.push_back(static_cast<std::uint32_t>(offset_of(mark)));
  }

  // yaml-cpp sees no byte order mark, and further spaces.
  std::size_t offset_of(const YAML::Mark& mark) const {
    const bool marked = map_.bytes_.starts_with(kByteOrderMark);
    const std::size_t seen =
        static_cast<std::size_t>(std::max(mark.pos, 0)) + (marked ? kByteOrderMark.size() : 0);
    return std::min(without_spaces(seen, map_.alias_colons()), map_.bytes_.size());
  }

  YamlSourceMap& map_;
  const std::stop_token& stop_;
};

Result<YamlSourceMap> YamlSourceMap::parse(std::string_view file, std::string_view bytes,
                                           const std::stop_token& stop) {
  auto yaml = read(bytes, stop);
  if (yaml) {
    return locate(file, bytes, std::move(*yaml), stop);
  }
  const YamlError& fault = yaml.error();
  if (fault.code == Code::cancelled) {
    return refuse_cancelled();
  }
  auto unprintable = refuse_unprintable(file, bytes);
  return unprintable ? std::move(*unprintable)
                     : refuse_unreadable(file, fault.line, fault.what, bytes);
}

Result<YamlSourceMap> YamlSourceMap::locate(std::string_view file, std::string_view bytes,
                                            YamlReader yaml, const std::stop_token& stop) {
  if (auto unprintable = refuse_unprintable(file, bytes)) {
    return std::move(*unprintable);
  }
  if (yaml.is_explosive()) {
    return refuse_unreadable(file, 1, "its aliases and merge keys expand to too much", bytes);
  }
  YamlSourceMap map(file, bytes, std::move(yaml));
  const std::size_t skipped = bytes.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  std::istringstream input{with_spaces(bytes, map.alias_colons()).substr(skipped)};
  Marks marks(map, stop);
  try {
    YAML::Parser parser(input);
    while (parser.HandleNextDocument(marks)) {
    }
  } catch (const Stopped&) {
    return refuse_cancelled();
  } catch (const YAML::Exception& error) {
    const std::size_t line =
        error.mark.is_null() ? 1 : static_cast<std::size_t>(error.mark.line) + 1;
    return refuse_unreadable(file, line, error.msg, bytes);
  }
  if (map.offsets_.size() < map.nodes().size()) {
    return refuse_unreadable(file, line_at(bytes, bytes.size()), "parsers differ on where it ends",
                             bytes);
  }
  return map;
}

Failure YamlSourceMap::refuse(Code code, std::size_t offset, std::string_view what,
                              std::string hint, Details details) const {
  return fail(code, located(file_, line_at(bytes_, offset), what), std::move(hint),
              std::move(details));
}

}  // namespace engine
