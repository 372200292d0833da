// What is said of a push that did not land, as errors (specification, section 7). Pure functions on
// what is passed, for any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/flux/remote.h"
#include "engine/git/authorship.h"
#include "engine/git/push_result.h"

namespace engine {

// What a push sets: the branch that Flux follows, or that of a proposal.
enum class PushTo { branch, proposal };

// The remote, or a hook on this machine, refused it: `rejected`, in their words.
Error push_refusal(const RemoteNames& remote, const std::string& branch, const PushResult& push,
                   PushTo to = PushTo::branch);

// `error` of the push of a proposal, with what to do where that is something else than for other
// pushes.
Error proposal_push_error(Error error);

// The remote took a push for AGit to `branch` as a ref like any other: `proposal_failed`.
Error lacks_agit(const RemoteNames& remote, const std::string& branch);

// It broke off and the remote cannot be asked, because of `why`: `unknown_outcome`.
Error unknown_push(const RemoteNames& remote, const std::string& branch, const PushResult& push,
                   const CommitId& commit, const Error& why);

// Every attempt lost the race against another push; `last` moved the branch last: `conflict`.
Error push_conflict(const RemoteNames& remote, const std::string& branch, std::int64_t attempts,
                    const std::optional<Authorship>& last);

// "12 seconds", "3 minutes": how long ago `time` was, in seconds since 1970.
std::string age_of(std::int64_t time);

// One printable line of several.
std::string joined_line(const std::vector<std::string>& words);

}  // namespace engine
