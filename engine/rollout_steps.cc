// The steps that a rollout and a rollback have in common, up to the push.
#include "engine/rollout_steps.h"

#include <cstddef>
#include <utility>

#include "engine/deliver.h"
#include "engine/effect/judge_effect.h"
#include "engine/git/read_identity.h"
#include "engine/manifest/edit.h"
#include "engine/text/text.h"

namespace engine {

// The clone, and who commits in it: a new one may have settings of its own (`includeIf`).
Result<Opened> open_repository(const Host& host, const RolloutRequest& request,
                               const RolloutPlan& plan, const CallContext& call) {
  auto repository = FluxRepository::open(host, plan.remote, call);
  RETURN_IF_FAILED(repository);
  const bool needs_none = request.dry_run && !plan.proposal;
  if (needs_none || (plan.identity && !repository->is_new())) {
    return Opened{std::move(*repository), plan.identity.value_or(Identity())};
  }
  auto identity = read_identity(host, plan.remote.clone, call, plan.remote.tls);
  if (!identity && request.dry_run && identity.error().code == Code::no_identity) {
    identity = Identity();
  }
  RETURN_IF_FAILED(identity);
  return Opened{std::move(*repository), std::move(*identity)};
}

std::string labels_of(const RolloutPlan& plan) {
  std::string labels;
  for (const RolloutTarget& target : plan.targets) {
    labels += (labels.empty() ? "" : ",") + sanitize_line(target.label(), 200);
  }
  return labels;
}

namespace {

FileEdit edit_of(const RolloutTarget& target, const WritableTag& tag, const CallContext& call,
                 bool one_of_several) {
  return {.file = target.file,
          .edit =
              [&target, &tag, &call](std::string_view bytes) {
                return set_image_tag(target.file.text(), bytes, target.place, tag, call.stop);
              },
          .value =
              [&target, &tag](std::string_view bytes) {
                return tag_to_replace(target.file.text(), bytes, target.place, tag);
              },
          .repeat =
              [&target, &call](std::string_view before, std::string_view after) {
                return repeat_image_tag(target.file.text(), before, after, target.place, call.stop);
              },
          .label = one_of_several ? service_label(target.service.value_or("")) : ""};
}

Effect effect_of(const RolloutTarget& target, const FluxRemote& remote, const HeadView& head,
                 const ManifestEdit& edit, const std::stop_token& stop) {
  HeadFiles files(head.read_file, head.list_directory, stop);
  return judge_effect({.file = target.file.text(),
                       .place = target.place,
                       .edit = edit,
                       .wiring = target.wiring,
                       .repository = remote.url,
                       .branch = head.branch},
                      files);
}

}  // namespace

void make_change(const Host& host, const RolloutRequest& request, const RolloutPlan& plan,
                 const WritableTag& tag, const CallContext& call, GuardedChange& guarded) {
  guarded.change.dry_run = request.dry_run;
  if (plan.proposal) {
    guarded.change.proposal = proposal_target(*plan.proposal, guarded.change.message);
  }
  guarded.effects.resize(plan.targets.size());
  for (const RolloutTarget& target : plan.targets) {
    FileEdit edit = edit_of(target, tag, call, !request.services.empty());
    if (plan.confirm_replace) {
      edit.may_replace = [&guarded, i = guarded.guards.size()](const std::vector<std::string>& tags,
                                                               const FindReplaced& find) {
        auto allowed = guarded.guards[i].check(tags, find);
        if (!allowed) {
          guarded.refused = i;
        }
        return allowed;
      };
    }
    edit.examine = [&, i = guarded.guards.size()](const HeadView& head,
                                                  const ManifestEdit& edited) {
      guarded.effects[i] = effect_of(plan.targets[i], plan.remote, head, edited, call.stop);
    };
    guarded.guards.emplace_back(host.clock, tag);
    guarded.change.edits.push_back(std::move(edit));
  }
}

Result<PushedChange> push_guarded(const Host& host, const RolloutRequest& request,
                                  const RolloutPlan& plan, const ConfirmReplace& confirm,
                                  Opened first, GuardedChange& guarded, const WritableTag& tag,
                                  const CallContext& call) {
  std::optional<Opened> opened = std::move(first);
  while (true) {
    guarded.refused.reset();
    auto pushed = deliver(host, opened->repository, guarded.change,
                          plan.proposal ? &*plan.proposal : nullptr, opened->identity, call);
    if (pushed || pushed.error().code != Code::occupied || !confirm || !guarded.refused) {
      return pushed;
    }
    opened.reset();  // others must not wait for a person
    ReplaceGuard& guard = guarded.guards[*guarded.refused];
    const RolloutTarget& target = plan.targets[*guarded.refused];
    call.report("asking whether " + guard.met().tag + " may be replaced");
    const Consent consent = confirm({guard.met(), tag.text(), target.label(), target.file.text(),
                                     plan.project, plan.config_directory, plan.rwenv});
    if (call.stop.stop_requested()) {
      return fail(Code::cancelled, "Cancelled before the change was pushed.");
    }
    if (consent != Consent::given) {
      Error refusal = occupied(guard.met(), consent);
      if (const std::string& label = guarded.change.edits[*guarded.refused].label; !label.empty()) {
        refusal.message = label + ": " + refusal.message;
      }
      return Failure(std::move(refusal));
    }
    guard.agree();
    auto again = open_repository(host, request, plan, call);
    RETURN_IF_FAILED(again);
    opened = std::move(*again);
  }
}

}  // namespace engine
