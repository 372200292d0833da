#include "engine/rollout.h"

#include <cstddef>
#include <future>
#include <utility>
#include <vector>

#include "engine/base/beside.h"
#include "engine/base/environment_directories.h"
#include "engine/config/project.h"
#include "engine/flux/repository.h"
#include "engine/forge/pull_request.h"
#include "engine/resolve_tag.h"
#include "engine/rollout_plan.h"
#include "engine/rollout_steps.h"
#include "engine/text/text.h"

namespace engine {
namespace {

struct TagOfProject {
  ImageTag tag;
  PrSource source;
  std::vector<std::string> warnings;
};

// The tag: given, or made of HEAD and the pull request. Asks gh only where it must.
Result<TagOfProject> determine_tag(const Host& host, const RolloutRequest& request,
                                   const RolloutPlan& plan, const CallContext& call) {
  if (!request.tag) {
    auto resolved = tag_of(host,
                           {plan.project, *plan.head, request.pr_number, request.verify_pipeline,
                            [&plan] { return plan.remote; }},
                           call);
    RETURN_IF_FAILED(resolved);
    return TagOfProject{resolved->tag, resolved->pr_source, std::move(resolved->warnings)};
  }
  if (request.verify_pipeline) {
    auto pull_request =
        view_pull_request(host, {plan.project, request.tag->pr_number(), true}, call);
    RETURN_IF_FAILED(pull_request);
    RETURN_IF_FAILED(require_green(*pull_request));
  }
  return TagOfProject{*request.tag, PrSource::argument, {}};
}

// Whether gh or the project's remote has to be asked before the push.
bool asks_first(const RolloutRequest& request) {
  return request.verify_pipeline || (!request.tag && !request.pr_number);
}

// What a proposal is made on, the fetch has to show first.
PushFollows push_after_fetch(const RolloutRequest& request, const RolloutPlan& plan) {
  if (request.dry_run || plan.proposal) {
    return PushFollows::no;
  }
  return asks_first(request) ? PushFollows::later : PushFollows::at_once;
}

struct Prepared {
  TagOfProject tag;
  Opened opened;
};

// gh and the remote are asked side by side; the failure of one stops the other. Returns as soon as
// the tag is known: the fetch of the remote's head may still be under way then.
Result<Prepared> prepare(const Host& host, const RolloutRequest& request, const RolloutPlan& plan,
                         std::stop_source& either, const CallContext& call) {
  auto tag = std::async(kBeside, [&] {
    auto determined = determine_tag(host, request, plan, CallContext{either.get_token(), {}});
    if (!determined) {
      either.request_stop();
    }
    return determined;
  });
  const CallContext asking{either.get_token(), call.progress};
  auto opened = open_repository(host, request, plan, asking);
  if (opened) {
    opened->repository.begin_fetch(
        asking, [&either] { either.request_stop(); }, push_after_fetch(request, plan));
  } else {
    either.request_stop();
  }
  auto determined = tag.get();
  if (determined && opened) {
    return Prepared{std::move(*determined), std::move(*opened)};
  }
  // Report the failure that caused the stop, not the side that was stopped.
  const bool tag_was_stopped = !determined && determined.error().code == Code::cancelled;
  if (!determined && !tag_was_stopped) {
    return failure_of(determined);
  }
  RETURN_IF_FAILED(opened);
  auto fetched = opened->repository.fetch(asking);
  return fetched ? failure_of(determined) : failure_of(fetched);
}

RolloutStatus status_of(const RolloutRequest& request, const PushedChange& pushed) {
  if (!pushed.changed) {
    return RolloutStatus::unchanged;
  }
  if (request.dry_run) {
    return RolloutStatus::dry_run;
  }
  return pushed.proposal ? RolloutStatus::proposed : RolloutStatus::updated;
}

std::optional<Proposal> proposal_of(const PushedChange& pushed) {
  const auto& proposal = pushed.proposal;
  return proposal ? std::optional(Proposal{proposal->url, proposal->number, proposal->branch,
                                           proposal->reused})
                  : std::nullopt;
}

RolloutChange change_of(const Host& host, RolloutTarget target, const WritableTag& tag,
                        AppliedEdit edit) {
  RolloutChange change{.service = std::move(target.service),
                       .image_group = std::move(target.image_group),
                       .image_name = std::move(target.place.image_name),
                       .file = target.file.text(),
                       .changed = edit.changed,
                       .previous_tag = std::move(edit.previous_tag),
                       .replaced = {},
                       .services_affected = std::move(target.services_affected),
                       .kustomization = std::move(target.kustomization),
                       .kustomization_namespace = std::move(target.kustomization_namespace),
                       .diff = std::move(edit.diff)};
  if (edit.replaced) {
    change.replaced = replacement_of(*edit.replaced, tag, time_now(host.clock));
  }
  return change;
}

// The sentence; with several groups, it begins with the one that it is about.
std::string said_of(const RolloutResult& result, const RolloutChange& change,
                    const std::string& sentence) {
  return (result.several ? sanitize_line(change.label(), 200) + ": " : std::string()) + sentence;
}

// "Replaces pr-41-0f0e0d0, ..."
void add_replacement_warning(RolloutResult& result, const RolloutChange& change,
                             const Replacement& replaced) {
  auto warning = replacement_warning(replaced);
  if (warning) {
    result.warnings.push_back(said_of(result, change, *warning));
  }
}

void add_changes(RolloutResult& result, const Host& host, std::vector<RolloutTarget> targets,
                 const WrittenTag& tag, std::vector<AppliedEdit> edits) {
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto also_replaced = std::move(edits[i].also_replaced);
    result.changes.push_back(change_of(host, std::move(targets[i]), tag.tag, std::move(edits[i])));
    const RolloutChange& change = result.changes.back();
    if (tag.replaces_own) {
      continue;
    }
    if (change.replaced) {
      add_replacement_warning(result, change, *change.replaced);
    }
    for (const std::string& other : also_replaced) {
      add_replacement_warning(result, change,
                              replacement_of(ReplacedValue{other}, tag.tag, time_now(host.clock)));
    }
  }
}

// Each with its notes as warnings.
void add_effects(RolloutResult& result, std::vector<Effect> effects) {
  for (std::size_t i = 0; i < result.changes.size(); ++i) {
    RolloutChange& change = result.changes[i];
    change.effect = std::move(effects[i]);
    for (const std::string& note : change.effect.notes) {
      result.warnings.push_back(said_of(result, change, note));
    }
  }
}

}  // namespace

RolloutResult result_of(const Host& host, const RolloutRequest& request, RolloutPlan plan,
                        const WrittenTag& tag, PushedChange pushed, std::vector<Effect> effects) {
  RolloutResult result;
  result.status = status_of(request, pushed);
  result.tag = tag.tag.text();
  result.flux_repo = plan.remote.url.shown();
  result.branch = std::move(pushed.branch);
  result.rwenv = std::move(plan.rwenv);
  if (pushed.commit) {
    result.commit = pushed.commit->text();
  }
  result.attempts = pushed.attempts;
  result.proposal = proposal_of(pushed);
  result.kubernetes_context = std::move(plan.kubernetes_context);
  result.project_directory = plan.project.string();
  result.project_branch = plan.head ? std::move(plan.head->branch) : std::nullopt;
  result.several = !request.services.empty();
  result.warnings = std::move(plan.warnings);
  result.warnings.insert(result.warnings.end(), tag.warnings.begin(), tag.warnings.end());
  add_changes(result, host, std::move(plan.targets), tag, std::move(pushed.edits));
  result.warnings.insert(result.warnings.end(), pushed.warnings.begin(), pushed.warnings.end());
  add_effects(result, std::move(effects));
  return result;
}

Result<RolloutResult> rollout(const Host& host, const RolloutRequest& request,
                              const CallContext& call, const ConfirmReplace& confirm) {
  RETURN_IF_FAILED(check_directories(host.environment));
  call.report("reading the configuration");
  auto plan = plan_rollout(host, request, call);
  RETURN_IF_FAILED(plan);
  if (plan->head) {
    call.report("taking the commit of " + checkout_in_words(plan->project, *plan->head));
  }
  std::stop_source either;
  const std::stop_callback forward(call.stop, [&] { either.request_stop(); });
  auto prepared = prepare(host, request, *plan, either, call);
  RETURN_IF_FAILED(prepared);
  const WrittenTag tag{prepared->tag.tag, std::move(prepared->tag.warnings)};
  GuardedChange guarded;
  guarded.change.message = "chore(" + labels_of(*plan) + "): update image tag to " + tag.tag.text();
  make_change(host, request, *plan, tag.tag, call, guarded);
  auto pushed = push_guarded(host, request, *plan, confirm, std::move(prepared->opened), guarded,
                             tag.tag, call);
  RETURN_IF_FAILED(pushed);
  std::optional<Live> live;
  if (request.wait && !request.dry_run && pushed->proposal) {
    live = proposed_live(plan->targets, pushed->proposal->branch);
  } else if (request.wait && !request.dry_run) {
    live = follow_rollout(host, plan->remote, plan->configuration, plan->targets,
                          {.tag = tag.tag.text(),
                           .branch = pushed->branch,
                           .commit = pushed->commit.value_or(pushed->head),
                           .is_setter = pushed->commit.has_value()},
                          *request.wait, call);
  }
  auto result = result_of(host, request, std::move(*plan), tag, std::move(*pushed),
                          std::move(guarded.effects));
  result.pr_source = prepared->tag.source;
  result.live = std::move(live);
  return result;
}

}  // namespace engine
