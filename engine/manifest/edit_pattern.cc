#include "engine/manifest/edit_pattern.h"

#include <set>
#include <string>
#include <utility>

#include "engine/manifest/image_pattern.h"

namespace engine {
namespace {

// More regular expressions than one kustomization has; a bound on what a stranger's file costs.
constexpr std::size_t kMaxPatterns = 100;

std::string own_entry() {
  return "Add an entry with the image's own name after that one, then try again.";
}

}  // namespace

Result<std::vector<YamlIndex>> PatternEntries::deciding(const std::vector<YamlIndex>& entries,
                                                        const std::vector<YamlIndex>& own) {
  if (!own.empty() && has_pattern_signs(place_.image_name)) {
    if (auto refused = refuse_others(own.front(), place_.image_name)) {
      return std::move(*refused);
    }
  }
  std::vector<YamlIndex> deciding = own;
  for (const YamlIndex entry : entries) {
    const auto name = stream_.text(stream_.find(stream_.resolved(entry), "name"));
    const bool comes_last = own.empty() || (entry > own.back() && sets_image(entry));
    if (!name || !comes_last || !has_pattern_signs(*name)) {
      continue;
    }
    auto applied = applies(entry, *name);
    RETURN_IF_FAILED(applied);
    if (*applied) {
      if (auto refused = refuse_others(entry, *name)) {
        return std::move(*refused);
      }
      deciding.push_back(entry);
    }
  }
  return deciding;
}

bool PatternEntries::sets_image(YamlIndex entry) const {
  const auto has = [&](std::string_view key) {
    const auto value = stream_.find(stream_.resolved(entry), key);
    return !stream_.text(value).value_or("").empty();
  };
  return has("newTag") || has("digest");
}

Result<bool> PatternEntries::applies(YamlIndex entry, std::string_view name) {
  if (++tried_ > kMaxPatterns) {
    return stream_.refuse(
        Code::bad_manifest, stream_.offset(entry),
        "more than " + std::to_string(kMaxPatterns) + " names in `images` are regular expressions",
        own_entry());
  }
  const auto match = ImagePattern(name).matches(place_.image_name);
  if (match == ImagePattern::Match::unknown) {
    return stream_.refuse(
        Code::bad_manifest, stream_.offset(entry),
        "the name '" + shown(name) + "' is a regular expression that costs too much to try",
        own_entry());
  }
  return match == ImagePattern::Match::yes;
}

std::optional<Failure> PatternEntries::refuse_others(YamlIndex entry, std::string_view name) const {
  const ImagePattern pattern(name);
  std::set<std::string> found;
  for (const std::string& image : place_.catalog_images) {
    if (image != place_.image_name && image != name &&
        pattern.matches(image) != ImagePattern::Match::no) {
      found.insert(image);
    }
  }
  if (found.empty()) {
    return std::nullopt;
  }
  const std::vector<std::string> others(found.begin(), found.end());
  std::vector<std::string> list = shown_list(others);
  const std::string what =
      "the name '" + shown(name) +
      "' is a regular expression that sets other images too: " + listed(list, others.size());
  return stream_.refuse(Code::bad_manifest, stream_.offset(entry), what, own_entry(),
                        {{"names", std::move(list)}});
}

}  // namespace engine
