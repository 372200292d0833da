// The project: the work tree of the feature branch that is rolled out. Other people
// wrote what is in it, so nothing in it is run and no file of it is trusted to be one (see
// engine/checkout/repository.h); and since its files may be on a drive that does not answer, every
// look at them has the time limit of a child process and heeds the call's stop.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/checkout/project_place.h"
#include "engine/git/remote_url.h"

namespace engine {

// What the project's repository says about HEAD.
struct ProjectHead {
  CommitId commit;
  std::optional<std::string> branch;  // nothing for a detached HEAD
};

// "'/home/ann/src/papi', branch main", or what HEAD is where it is detached; for a person.
std::string checkout_in_words(const std::filesystem::path& directory, const ProjectHead& head);

// What is to be read of the project beside its directory.
struct ProjectQuestions {
  bool head = false;
  bool rwenv_name = false;
  bool remotes = false;
};

struct Project {
  std::filesystem::path directory;        // absolute, and there
  std::optional<ProjectHead> head;        // if it was asked for
  std::optional<std::string> rwenv_name;  // if it was asked for
  std::vector<RemoteUrl> remotes;         // if they were asked for; none outside of a repository
  std::vector<std::string> warnings;      // those of its place
};

// Finds the request's place, and reads what is asked for, in this order: `bad_argument` where there
// is no such directory, which names projectDir or what named it; for HEAD `not_a_repository`,
// `no_commit`; for the rwenv `no_rwenv`, `bad_config`, and `other_rwenv` if it is not the
// request's; and `timeout`, `cancelled`. A subdirectory of the work tree and a linked one work.
Result<Project> read_project(const Host& host, const ProjectRequest& request,
                             const ProjectQuestions& questions, const CallContext& call);

// How HEAD stands to another commit, as far as the repository has both.
enum class Relation { ahead, behind, neither };

struct ProjectState {
  // Tracked files differ from HEAD, staged or not. Untracked files do not count: `.claude/rwenv`
  // itself is one in most projects. False also where it cannot be told; this is for a warning only.
  bool has_uncommitted_changes = false;
  std::optional<Relation> relation;  // to `other`, if that was given
};

// Compares the project's files, and the commit `other`, with HEAD: `timeout`, `cancelled`.
Result<ProjectState> compare_project(const Host& host, const std::filesystem::path& directory,
                                     const CommitId& head, const std::optional<CommitId>& other,
                                     const CallContext& call);

}  // namespace engine
