// Revisions as Flux writes them. Pure functions, for any thread.
#pragma once

#include <string_view>

#include "engine/cluster/cluster.h"

namespace engine {

// A revision of git in any form that Flux has had: "main@sha1:<commit>", "sha1:<commit>",
// "main@sha256:<commit>", "refs/heads/main@sha1:<commit>", "main/<commit>", "<commit>". It has no
// commit where it is of another form, or names none.
FluxRevision git_revision(std::string_view text);

// One of something else, an OCI artifact or a bucket's files, with the revision of git that it was
// made of; `origin` may be empty: it then has no commit, since its own digest is none.
FluxRevision artifact_revision(std::string_view text, std::string_view origin = {});

}  // namespace engine
