// The steps that a rollout and a rollback have in common: a change of the places of a plan, its
// push with the user's consent, and what is told about it; engine/rollout.cc has the last.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/effect/effect.h"
#include "engine/flux/repository.h"
#include "engine/flux/types.h"
#include "engine/git/identity.h"
#include "engine/manifest/writable_tag.h"
#include "engine/replace_guard.h"
#include "engine/replacement.h"
#include "engine/rollout_plan.h"
#include "engine/rollout_request.h"

namespace engine {

struct RolloutResult;

struct Opened {
  FluxRepository repository;
  Identity identity;  // empty for a dry run that is not to be proposed, or where there is none
};

// Fails as FluxRepository::open() and read_identity() do. Waits for other rollouts of the rwenv.
Result<Opened> open_repository(const Host& host, const RolloutRequest& request,
                               const RolloutPlan& plan, const CallContext& call);

// The edits of the change, and what the user has agreed to replace by each.
struct GuardedChange {
  Change change;
  std::deque<ReplaceGuard> guards;          // one for each edit
  std::optional<std::size_t> refused = {};  // the edit that a guard refused last
  std::vector<Effect> effects;  // one for each edit, of the head that it was made on last
};

// "backend,frontend", as in a commit's message.
std::string labels_of(const RolloutPlan& plan);

// Adds all to `guarded` but the message. Refers to all that is passed.
void make_change(const Host& host, const RolloutRequest& request, const RolloutPlan& plan,
                 const WritableTag& tag, const CallContext& call, GuardedChange& guarded);

// Pushes the change, and asks the user in between if a guard requires that. Fails as
// FluxRepository::push() does, and with `occupied`.
Result<PushedChange> push_guarded(const Host& host, const RolloutRequest& request,
                                  const RolloutPlan& plan, const ConfirmReplace& confirm,
                                  Opened first, GuardedChange& guarded, const WritableTag& tag,
                                  const CallContext& call);

struct WrittenTag {
  WritableTag tag;
  std::vector<std::string> warnings = {};
  bool replaces_own = false;  // so there is nobody to be told about
};

RolloutResult result_of(const Host& host, const RolloutRequest& request, RolloutPlan plan,
                        const WrittenTag& tag, PushedChange pushed, std::vector<Effect> effects);

}  // namespace engine
