// The engine's main job (specification, section 3, `rollout`): put a tag into the one place of the
// Flux repository that the catalog names, commit it on the remote's head and push. Knows nothing of
// MCP or of the command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/effect/effect.h"
#include "engine/pr_source.h"
#include "engine/replacement.h"
#include "engine/rollout_live.h"
#include "engine/rollout_request.h"

namespace engine {

enum class RolloutStatus { updated, unchanged, dry_run, proposed };

// The request that a rollout is proposed by.
struct Proposal {
  std::optional<std::string> url;  // where the forge says it
  std::optional<std::int64_t> number;
  std::string head_branch;
  bool reused = false;  // it was open already
};

// What a rollout did to one image group, or to one image without a group.
struct RolloutChange {
  std::optional<std::string> service;  // that was asked for
  std::optional<std::string> image_group;
  std::string image_name;
  std::string file;
  bool changed = false;  // or would be, by a dry run
  std::optional<std::string> previous_tag;
  std::optional<Replacement> replaced;  // nothing if unchanged, or if there was no tag
  std::vector<std::string> services_affected;
  std::optional<std::string> kustomization;
  std::optional<std::string> kustomization_namespace;
  Effect effect = {};
  std::string diff;  // unified diff of the file; empty when unchanged

  // What reports call it.
  const std::string& label() const { return image_group ? *image_group : image_name; }
};

struct RolloutResult {
  RolloutStatus status = RolloutStatus::updated;
  std::string tag;
  std::string flux_repo;  // without userinfo
  std::string branch;
  std::string rwenv;
  std::optional<std::string> commit;              // of the pushed commit; only when updated
  std::int64_t attempts = 0;                      // pushes tried
  std::optional<std::string> kubernetes_context;  // of the rwenv
  std::string project_directory;
  std::optional<std::string>
      project_branch;                 // that the tag is of; nothing for a tag that was given
  std::optional<PrSource> pr_source;  // nothing for a rollback
  // Of a rollout that is proposed, or would be, or that the proposal has already.
  std::optional<Proposal> proposal;
  bool several = false;                // `services` was asked for, even if that was one
  bool goes_back = false;              // a rollback
  std::vector<RolloutChange> changes;  // at least one; in the order asked for
  std::optional<Live> live;            // if it was waited for
  std::vector<std::string> warnings;
};

// Runs one rollout to its end; may take minutes. Refusals change nothing anywhere. Once the push
// has begun it is finished even if `call.stop` is requested. May be called from several threads:
// rollouts of one rwenv wait for each other.
//
// Where the rwenv wants a person to agree before another pull request's image is replaced
// (`confirmReplace`), `confirm` is called with the image that stands there, on this thread, before
// anything is changed and while no other rollout has to wait; it may throw. If another image stands
// there by the time of the push, it is called again. Empty: nobody can be asked.
//
// With `request.wait` it then waits for the change to be live; `call.stop` ends the wait, and the
// result is the push's all the same.
Result<RolloutResult> rollout(const Host& host, const RolloutRequest& request,
                              const CallContext& call, const ConfirmReplace& confirm = {});

}  // namespace engine
