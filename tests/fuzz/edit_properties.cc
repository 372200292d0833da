#include "tests/fuzz/edit_properties.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/fuzz/require.h"
#include "tests/fuzz/yaml_events.h"

namespace fuzz {
namespace {

constexpr std::string_view kTag = "pr-12-0c0ffee";

// What may stand before a tag that was added, or had no value before, from the end of what was
// kept.
std::vector<std::size_t> additions_at_end(std::string_view piece) {
  std::vector<std::size_t> sizes = {0};
  for (const std::string_view text :
       {"\"", " ", " \"", ", newTag: ", ", \"newTag\": \"", ":", "app:", "\"app:"}) {
    if (piece.ends_with(text)) {
      sizes.push_back(text.size());
    }
  }
  constexpr std::string_view kKey = "newTag: ";
  if (piece.ends_with(kKey)) {  // a line of its own
    std::size_t begin = piece.size() - kKey.size();
    while (begin > 0 && (piece[begin - 1] == ' ' || piece[begin - 1] == '\t')) {
      --begin;
    }
    sizes.push_back(piece.size() - begin);
    for (const std::string_view line_break : {"\n", "\r\n"}) {
      if (piece.substr(0, begin).ends_with(line_break)) {
        sizes.push_back(piece.size() - begin + line_break.size());
      }
    }
  }
  return sizes;
}

// And after it.
std::vector<std::size_t> additions_at_begin(std::string_view piece) {
  std::vector<std::size_t> sizes = {0};
  for (const std::string_view text : {"\"", "\n", "\r\n"}) {
    if (piece.starts_with(text)) {
      sizes.push_back(text.size());
    }
  }
  return sizes;
}

// Whether what stands in `after` between its tags stands in `before`, in that order, where other
// bytes are only between two of these pieces.
bool keeps_bytes(std::string_view before, std::string_view after) {
  std::set<std::size_t> ends = {0};  // in before, how far the pieces up to here may reach
  for (bool first = true, last = false; !last; first = false) {
    const std::size_t tag = after.find(kTag);
    last = tag == std::string_view::npos;
    const std::string_view piece = after.substr(0, tag);
    std::set<std::size_t> next;
    for (const std::size_t head : first ? std::vector<std::size_t>{0} : additions_at_begin(piece)) {
      for (const std::size_t tail : last ? std::vector<std::size_t>{0} : additions_at_end(piece)) {
        if (head + tail > piece.size()) {
          continue;
        }
        const std::string_view kept = piece.substr(head, piece.size() - head - tail);
        for (const std::size_t end : ends) {
          const std::size_t found =
              last ? before.size() - std::min(kept.size(), before.size()) : before.find(kept, end);
          const bool here = found != std::string_view::npos && (first ? found == 0 : found >= end);
          if (here && before.substr(found).starts_with(kept)) {
            next.insert(found + kept.size());
          }
        }
      }
    }
    ends = std::move(next);
    after.remove_prefix(last ? after.size() : tag + kTag.size());
  }
  return !ends.empty();
}

// The tag, alone or at the end of an image reference.
bool is_tag(const YamlEvent& event) {
  return event.kind == YamlEvent::Kind::scalar &&
         (event.value == kTag || event.value.ends_with(":" + std::string(kTag)));
}

// `after` is `before` but for scalars that became the tag, and for pairs of newTag and the tag.
bool only_tags_differ(const std::vector<YamlEvent>& before, const std::vector<YamlEvent>& after) {
  auto old = before.begin();
  for (auto now = after.begin(); now != after.end(); ++now) {
    const bool may_become_tag = old != before.end() && old->kind != YamlEvent::Kind::other;
    if (old != before.end() && (*old == *now || (may_become_tag && is_tag(*now)))) {
      ++old;
    } else if (now->value == "newTag" && now + 1 != after.end() && is_tag(*(now + 1))) {
      ++now;
    } else {
      return false;
    }
  }
  return old == before.end();
}

void check_refusal(const engine::Error& error) {
  require(error.code != engine::Code::internal, error.message);
  require(!error.hint.empty(), "a refusal without a hint: " + error.message);
  require(error.message.starts_with("x.yaml:") || error.code == engine::Code::bad_path,
          "a refusal without file and line: " + error.message);
}

}  // namespace

void check_edit(std::string_view bytes, const engine::TagLocation& place) {
  static const engine::ImageTag tag = *engine::ImageTag::parse(kTag);
  const auto once = engine::set_image_tag("x.yaml", bytes, place, tag);
  if (!once) {
    check_refusal(once.error());
    return;
  }
  require(once->changed == (once->bytes != bytes), "`changed` is not what happened");
  if (once->changed) {
    require(keeps_bytes(bytes, once->bytes), "a byte outside the tag changed");
    const auto before = read_events(bytes);
    require(before.has_value(), "libyaml cannot read what was edited");
    const auto after = read_events(once->bytes);
    require(after.has_value(), "libyaml cannot read the result");
    require(only_tags_differ(*before, *after), "libyaml reads another change than the tag");
  }
  const auto twice = engine::set_image_tag("x.yaml", once->bytes, place, tag);
  require(twice.has_value(), "the same edit again is refused");
  require(!twice->changed, "the same edit again changes something");
  require(twice->previous_tag == tag.text(), "the tag is not read back");
}

std::optional<std::string> path_in_first_line(std::string_view bytes) {
  constexpr std::string_view kPath = "#path: ";
  if (!bytes.starts_with(kPath)) {
    return std::nullopt;
  }
  return std::string(bytes.substr(kPath.size(), bytes.find('\n') - kPath.size()));
}

}  // namespace fuzz
