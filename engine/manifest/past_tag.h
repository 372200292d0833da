// A tag of any form that a place in the Flux repository has had (specification, section 4): only
// the history can prove one, so that no made-up text can be written. Any thread.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "engine/git/value_change.h"

namespace engine {

class PastTag {
 public:
  // Nothing for a value that is no tag, or a tag with a digest: the whole scalar was something
  // else, such as `${TAG}`, which other settings give its meaning.
  static std::optional<PastTag> of(const PastValue& value);

  const std::string& text() const { return text_; }

 private:
  explicit PastTag(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace engine
