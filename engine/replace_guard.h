// Lets a change replace another pull request's image only if the user has agreed to the
// replacement. Belongs to one thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/flux/types.h"
#include "engine/manifest/writable_tag.h"
#include "engine/replacement.h"

namespace engine {

// The time of day, in whole seconds.
Moment time_now(const Clock& clock);

class ReplaceGuard {
 public:
  // The change sets `tag`. `clock` must outlive this.
  ReplaceGuard(const Clock& clock, WritableTag tag) : clock_(clock), tag_(std::move(tag)) {}

  // `occupied` if one of `tags` is another pull request's and not what the user has agreed to; only
  // then `find` is called. An agreement to what is not among them any more is forgotten.
  Result<void> check(const std::vector<std::string>& tags, const FindReplaced& find);

  // What was refused last.
  const Replacement& met() const { return met_; }
  // The user agrees that the tag in met() is replaced.
  void agree() { agreed_.push_back(met_.tag); }

 private:
  const Clock& clock_;
  WritableTag tag_;
  Replacement met_;
  std::vector<std::string> agreed_;
};

}  // namespace engine
