// The tag of the project's feature branch (CONTRACT section 3, `resolve_tag`).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/host.h"
#include "engine/image_tag.h"
#include "engine/project.h"
#include "engine/result.h"

namespace engine {

struct ResolveTagRequest {
  ProjectRequest project;
  std::optional<PrNumber> pr_number;  // given, gh is not asked
};

struct ResolvedTag {
  ImageTag tag;
  PrNumber pr_number;
  CommitId commit;
  std::optional<std::string> branch;
  std::optional<std::string> pr_url;
  std::optional<std::string> pr_state;  // gh's: OPEN, CLOSED, MERGED
  std::vector<std::string> warnings;    // CONTRACT section 3, "Warnings"
};

Result<ResolvedTag> resolve_tag(const Host& host, const ResolveTagRequest& request,
                                const Call& call);

}  // namespace engine
