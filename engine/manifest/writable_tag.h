// The tags that may be written into a manifest: that of a pull request's commit, or one that the
// place has had (specification, section 4). There is no way to make one of other text.
#pragma once

#include <optional>
#include <string>

#include "engine/base/image_tag.h"
#include "engine/manifest/past_tag.h"
#include "engine/manifest/tag_text.h"

namespace engine {

class WritableTag {
 public:
  // Implicit: both kinds are what a caller has.
  WritableTag(const ImageTag& tag) : text_(tag.text()) {}  // NOLINT(google-explicit-constructor)
  WritableTag(const PastTag& tag) : text_(tag.text()) {}   // NOLINT(google-explicit-constructor)

  const std::string& text() const { return text_; }
  // The pull request whose tag it is, if it has that form.
  std::optional<PrNumber> pr_number() const { return pull_request_of(text_); }

 private:
  std::string text_;
};

}  // namespace engine
