#include "engine/yaml/edit.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace engine {
namespace {

// Two streams walked side by side, as libyaml reads them: that before the changes, and that after.
class Proof {
 public:
  // `changes` in the order of their nodes.
  Proof(const YamlReader& before, const YamlReader& after, const std::vector<YamlChange>& changes)
      : before_(before), after_(after), changes_(changes) {
    for (const YamlChange& change : changes) {
      if (!change.new_key.empty()) {
        grown_.push_back(change.node);
      }
    }
  }

  bool holds() const {
    const auto count = static_cast<YamlIndex>(before_.nodes().size());
    if (count + added_before(count) != after_.nodes().size() || !same_documents()) {
      return false;
    }
    auto change = changes_.begin();
    YamlIndex at = 0;  // in after_
    for (YamlIndex i = 0; i < count; ++i, ++at) {
      const YamlIndex end = before_.node(i).end;
      const bool leaf = end == i + 1;
      if (after_.node(at).end != (leaf ? at + 1 : end + added_before(end))) {
        return false;
      }
      const bool changed = change != changes_.end() && change->node == i;
      const bool added = changed && !change->new_key.empty();
      if (changed && !added ? !is_set(*change, i, at) : !is_same(i, at)) {
        return false;
      }
      if (added) {
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
  YamlIndex added_before(YamlIndex end) const {
    const auto first_after = std::ranges::lower_bound(grown_, end);
    return 2 * static_cast<YamlIndex>(first_after - grown_.begin());
  }

  bool same_documents() const {
    return std::ranges::equal(
        before_.documents(), after_.documents(),
        [&](YamlIndex was, YamlIndex is) { return was + added_before(was) == is; });
  }

  bool is_same(YamlIndex was, YamlIndex is) const {
    const YamlNode& old = before_.node(was);
    const YamlNode& now = after_.node(is);
    return old.kind == now.kind && old.style == now.style && old.flow == now.flow &&
           old.anchor == now.anchor && before_.tag(was) == after_.tag(is) &&
           before_.written(was) == after_.written(is);
  }

  // A scalar in quotes keeps them; tag and anchor stay, and those of an alias's target are not its
  // own.
  bool is_set(const YamlChange& change, YamlIndex was, YamlIndex is) const {
    const YamlNode& old = before_.node(was);
    const bool keeps_quotes =
        old.style == YamlStyle::single_quoted || old.style == YamlStyle::double_quoted;
    const YamlStyle style = keeps_quotes ? old.style : new_style(change);
    const std::uint32_t anchor = old.kind == YamlKind::alias ? 0 : old.anchor;
    return is_scalar(is, style, change.value) && after_.node(is).anchor == anchor &&
           after_.tag(is) == before_.tag(was);
  }

  bool is_pair(const YamlChange& change, YamlIndex key) const {
    return key + 1 < after_.nodes().size() &&
           is_new(change.plain_key ? YamlStyle::plain : new_style(change), key, change.new_key) &&
           is_new(new_style(change), key + 1, change.value);
  }

  bool is_new(YamlStyle style, YamlIndex is, std::string_view text) const {
    return is_scalar(is, style, text) && after_.node(is).anchor == 0 && after_.tag(is).empty();
  }

  bool is_scalar(YamlIndex is, YamlStyle style, std::string_view text) const {
    return after_.kind(is) == YamlKind::scalar && after_.node(is).style == style &&
           after_.written(is) == text;
  }

  static YamlStyle new_style(const YamlChange& change) {
    return change.quoted ? YamlStyle::double_quoted : YamlStyle::plain;
  }

  const YamlReader& before_;
  const YamlReader& after_;
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
  const auto after = YamlReader::read(bytes);
  if (!after || !Proof(stream, *after, changes).holds()) {
    return unproven(stream, changes);
  }
  return bytes;
}

}  // namespace engine
