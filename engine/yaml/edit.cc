#include "engine/yaml/edit.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "engine/yaml/parse.h"

namespace engine {
namespace {

// Two streams walked side by side: that before the changes, and that after them.
class Proof {
 public:
  // `changes` in the order of their nodes.
  Proof(const YamlSourceMap& before, const YamlSourceMap& after,
        const std::vector<YamlChange>& changes)
      : before_(before), after_(after), changes_(changes) {
    for (const YamlChange& change : changes) {
      if (!change.new_key.empty()) {
        grown_.push_back(change.node);
      }
    }
  }

  bool holds() const {
    if (before_.nodes().size() + added_before(before_.nodes().size()) != after_.nodes().size() ||
        !same_documents()) {
      return false;
    }
    auto change = changes_.begin();
    std::size_t at = 0;  // in after_
    for (std::size_t i = 0; i < before_.nodes().size(); ++i, ++at) {
      const YamlNode& old = before_.nodes()[i];
      const YamlNode& now = after_.nodes()[at];
      const bool changed = change != changes_.end() && change->node == i;
      const bool leaf = old.end == i + 1;
      if (now.end != (leaf ? at + 1 : old.end + added_before(old.end))) {
        return false;
      }
      if (!changed || !change->new_key.empty()) {
        if (!same(old, now)) {
          return false;
        }
      } else if (!is_set(*change, old, now)) {
        return false;
      }
      if (changed && !change->new_key.empty()) {
        if (!is_pair(*change, at + 1)) {
          return false;
        }
        at += 2;
      }
      change += changed ? 1 : 0;
    }
    return change == changes_.end();
  }

 private:
  // How many nodes are new before the place of the old node `end`, which ends a subtree.
  std::size_t added_before(std::size_t end) const {
    const auto first_after = std::ranges::lower_bound(grown_, end);
    return 2 * static_cast<std::size_t>(first_after - grown_.begin());
  }

  bool same_documents() const {
    const auto& old = before_.documents();
    const auto& now = after_.documents();
    return std::equal(old.begin(), old.end(), now.begin(), now.end(),
                      [&](YamlIndex was, YamlIndex is) { return was + added_before(was) == is; });
  }

  bool same(const YamlNode& old, const YamlNode& now) const {
    return old.kind == now.kind && old.flow == now.flow && old.anchor == now.anchor &&
           before_.tag(old) == after_.tag(now) && before_.text(old) == after_.text(now);
  }

  bool is_scalar(const YamlNode& now, std::string_view text, std::string_view tag) const {
    return now.kind == YamlKind::scalar && after_.text(now) == text && after_.tag(now) == tag;
  }

  // A scalar's tag, as written or as its quotes imply, and its anchor stay; an alias had neither.
  bool is_set(const YamlChange& change, const YamlNode& old, const YamlNode& now) const {
    const bool keeps_tag = old.kind == YamlKind::scalar && before_.tag(old) != "?";
    const std::string tag = keeps_tag ? before_.tag(old) : change.quoted ? "!" : "?";
    const std::uint32_t anchor = old.kind == YamlKind::alias ? 0 : old.anchor;
    return is_scalar(now, change.value, tag) && now.anchor == anchor;
  }

  bool is_pair(const YamlChange& change, std::size_t at) const {
    const std::string tag = change.quoted ? "!" : "?";
    if (at + 1 >= after_.nodes().size()) {
      return false;
    }
    const YamlNode& key = after_.nodes()[at];
    const YamlNode& value = after_.nodes()[at + 1];
    return is_scalar(key, change.new_key, tag) && is_scalar(value, change.value, tag) &&
           key.anchor == 0 && value.anchor == 0;
  }

  const YamlSourceMap& before_;
  const YamlSourceMap& after_;
  const std::vector<YamlChange>& changes_;
  std::vector<YamlIndex> grown_;  // the nodes after which a pair is added
};

// Nothing but the spliced ranges differs.
bool keeps_other_bytes(std::string_view before, std::string_view after,
                       const std::vector<YamlSplice>& splices) {
  std::size_t kept = 0;  // of before
  std::size_t at = 0;    // in after
  for (const YamlSplice& next : splices) {
    const std::size_t length = next.begin - kept;
    if (at > after.size() || after.substr(at, length) != before.substr(kept, length)) {
      return false;
    }
    at += length + next.text.size();
    kept = next.end;
  }
  return at <= after.size() && after.substr(at) == before.substr(kept);
}

bool in_order(const std::vector<YamlSplice>& splices, std::size_t size) {
  std::size_t end = 0;
  for (const YamlSplice& next : splices) {
    if (next.begin < end || next.end < next.begin || next.end > size) {
      return false;
    }
    end = next.end;
  }
  return true;
}

Failure unproven(const YamlSourceMap& stream, const std::vector<YamlChange>& changes) {
  const std::size_t offset = changes.empty() ? 0 : changes.front().splice.begin;
  return stream.refuse(Code::internal, offset,
                       "the edit would change more or less than the tag, so it was not made",
                       "Nothing was written. Set the tag by hand, and report the file's spelling.");
}

}  // namespace

std::string splice(std::string_view bytes, const std::vector<YamlSplice>& splices) {
  std::string result;
  std::size_t kept = 0;
  for (const YamlSplice& next : splices) {
    result += bytes.substr(kept, next.begin - kept);
    result += next.text;
    kept = next.end;
  }
  result += bytes.substr(kept);
  return result;
}

Result<std::string> change_yaml(const YamlSourceMap& stream, std::vector<YamlChange> changes,
                                const Splicer& splicer) {
  std::ranges::sort(changes, {}, &YamlChange::node);
  std::vector<YamlSplice> splices;
  splices.reserve(changes.size());
  for (const YamlChange& change : changes) {
    splices.push_back(change.splice);
  }
  if (!in_order(splices, stream.bytes().size())) {
    return unproven(stream, changes);
  }
  std::string bytes = splicer(stream.bytes(), splices);
  if (!keeps_other_bytes(stream.bytes(), bytes, splices)) {
    return unproven(stream, changes);
  }
  const auto after = parse_yaml("", bytes);
  if (!after || !Proof(stream, *after, changes).holds()) {
    return unproven(stream, changes);
  }
  return bytes;
}

}  // namespace engine
