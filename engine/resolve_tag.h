// The tag of the project's feature branch (specification, section 3, `resolve_tag`).
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/config/project.h"
#include "engine/find_pull_request.h"
#include "engine/pr_source.h"

namespace engine {

struct ResolveTagRequest {
  ProjectRequest project;
  std::optional<PrNumber> pr_number;  // given, nobody is asked
};

struct ResolvedTag {
  ImageTag tag;
  PrNumber pr_number;
  PrSource pr_source = PrSource::argument;
  CommitId commit;
  std::optional<std::string> branch;
  std::optional<std::string> pr_url;
  std::optional<std::string> pr_state;  // gh's: OPEN, CLOSED, MERGED
  std::vector<std::string> warnings;    // specification, section 3, "Warnings"
};

// A tag to be made of a HEAD that has been read already.
struct TagQuery {
  std::filesystem::path project;
  ProjectHead head;
  std::optional<PrNumber> pr_number;  // given, nobody is asked
  bool with_checks = false;  // asks gh all the same, and refuses unless the checks are green
  FindFluxRemote flux_remote;
};

// The tag, with what gh or the remote, and the project's repository, say about it: the errors of
// find_pull_request.h and of compare_project; `pipeline_not_green`.
Result<ResolvedTag> tag_of(const Host& host, const TagQuery& query, const CallContext& call);

// The tag of the project's HEAD: also the errors of project.h.
Result<ResolvedTag> resolve_tag(const Host& host, const ResolveTagRequest& request,
                                const CallContext& call);

}  // namespace engine
