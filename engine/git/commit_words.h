// What a commit says of itself, fit to be shown: other people's text. Pure functions.
#pragma once

#include <git2.h>
#include <string>

#include "engine/git/authorship.h"

namespace engine {

Authorship authorship_of(const git_commit* commit);

// The name of who committed it.
std::string committer_of(const git_commit* commit);

// The first line of the commit's message; of a long one the beginning.
std::string subject_of(git_commit* commit);

// The other lines, as they are; of a long text the beginning.
std::string body_of(git_commit* commit);

}  // namespace engine
