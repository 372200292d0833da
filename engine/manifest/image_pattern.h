// The name of an entry in a kustomization's `images`, or of a patch's target, which kustomize reads
// as a regular expression of Go. The expression is a stranger's text: its length, and the work that
// one match may cost, are bounded. For one thread at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace engine {

// Whether a name has characters that mean something in a regular expression. A dot does as well,
// but stands in the names of all registries, so it is not counted.
bool has_pattern_signs(std::string_view name);

class ImagePattern {
 public:
  enum class Match : std::uint8_t { no, yes, unknown };  // unknown: it would cost too much to say

  // Longer names are matched by nothing here.
  static constexpr std::size_t kMaxBytes = 1024;

  // A name that is no regular expression matches nothing.
  explicit ImagePattern(std::string_view name);
  // An expression that a whole text must match, as those in a patch's target.
  static ImagePattern of_whole_text(std::string_view expression);
  ImagePattern(ImagePattern&&) noexcept;
  ImagePattern& operator=(ImagePattern&&) noexcept;
  ~ImagePattern();

  // Whether kustomize would set the tag of an image of that name by the entry; or whether the text
  // matches.
  Match matches(const std::string& image) const;

 private:
  struct Compiled;
  static std::unique_ptr<Compiled> compiled(const std::string& text);
  explicit ImagePattern(std::unique_ptr<Compiled> made);

  std::unique_ptr<Compiled> compiled_;  // null: it matches nothing
};

}  // namespace engine
