// What stands at the place of a clone, and how a clone is made there. Functions on the file system,
// for one thread at a time per clone (the caller holds its lock).
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/flux/clone_session.h"
#include "engine/flux/types.h"

namespace engine {

// Why there is no sound clone of the remote at its place, or none that is to be trusted, for the
// log of progress; nothing if there is. Asks git only about a clone whose configuration includes
// other files: fails as git_failure() says. `session` is one at that place.
Result<std::optional<std::string>> defect_of_clone(const Host& host, const FluxRemote& remote,
                                                   const CloneSession& session,
                                                   const CallContext& call);

// Makes a repository with a work tree at `clone`, where there is nothing: its remote `origin` is
// `url`, its branch is `main`, nothing is fetched, and nobody but its user can read it. Interrupted
// at any moment it leaves what defect_of_clone() recognises.
Result<void> make_clone(const std::filesystem::path& clone, const RemoteUrl& url);

// Makes `branch` the one branch that the clone of a single branch follows.
Result<void> follow_branch(const CloneSession& session, const std::string& branch);

// The branch that follow_branch() noted; `main` where there is no note.
std::string followed_branch(const CloneSession& session);

// Takes over what a fetch brought into GitCommands::kFetchRef: notes `commit` as the remote's
// `branch` and removes that ref. False where the refs cannot be written, as in a broken clone.
bool update_tracking_ref(const CloneSession& session, const std::string& branch,
                         const CommitId& commit);

// Notes that `commit` was pushed to the remote's `branch`, as `git push` does. Where the refs
// cannot be written, the next fetch shows it.
void note_pushed(const CloneSession& session, const std::string& branch, const CommitId& commit);

// Notes what was pushed for a proposal that has no branch of its own at the remote. Where the refs
// cannot be written, the next push replaces the proposal, though it may have the change already.
void note_proposal(const CloneSession& session, const std::string& branch, const CommitId& commit);

void remove_fetch_ref(const CloneSession& session);

// Removes what a fetch that was ended leaves: its ref, and the temporary packs since `begin`.
void remove_remains_of_fetch(const CloneSession& session, std::filesystem::file_time_type begin);

// Removes the lock files of git commands that died. One that is fresh may be a person's git at
// work: it is given a moment to finish.
Result<void> clear_stale_locks(const std::filesystem::path& clone, Clock& clock,
                               const CallContext& call);

}  // namespace engine
