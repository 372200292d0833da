#include "engine/rollback.h"

#include <utility>

#include "engine/base/environment_directories.h"
#include "engine/git/read_identity.h"
#include "engine/manifest/edit.h"
#include "engine/rollback_choice.h"
#include "engine/rollout_plan.h"
#include "engine/rollout_request.h"
#include "engine/rollout_steps.h"
#include "engine/target_history.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// Of judging what is there; each follows a change of that by others.
constexpr int kMaxRounds = 20;

// A round of a rollback: what is there has been judged, and the change is held to that.
struct Round {
  RollbackChoice choice;
  // Of the value that was judged; found when the change is first made.
  std::optional<ValueOrigin> origin = {};
  bool has_origin = false;
  bool moved = false;  // it is no more what was judged
};

class Rollback {
 public:
  Rollback(const Host& host, const RollbackRequest& request, const CallContext& call,
           const ConfirmReplace& confirm, const RolloutRequest& rollout, RolloutPlan plan)
      : host_(host),
        request_(request),
        call_(call),
        confirm_(confirm),
        rollout_(rollout),
        plan_(std::move(plan)) {}

  Result<RolloutResult> run() {
    for (int count = 1;; ++count) {
      auto opened = open_repository(host_, rollout_, plan_, call_);
      RETURN_IF_FAILED(opened);
      auto choice = choose(*opened);
      RETURN_IF_FAILED(choice);
      Round round{std::move(*choice)};
      auto result = push(std::move(*opened), round);
      if (result || !round.moved || count == kMaxRounds) {
        return result;
      }
      call_.report("someone else has set the image meanwhile; checking it again");
    }
  }

 private:
  const RolloutTarget& target() const { return plan_.targets.front(); }

  Result<RollbackChoice> choose(Opened& opened) {
    auto identity = identity_of(opened);
    RETURN_IF_FAILED(identity);
    const ReadTargetHistory read = [&](std::size_t limit) {
      return read_target_history(opened.repository, host_, plan_.remote, target(), limit, call_);
    };
    const ReadValuesAnywhere read_anywhere = [&] {
      return read_target_values(opened.repository, host_, plan_.remote, target(), call_);
    };
    auto choice = choose_past_tag(host_,
                                  {request_, target(), *identity, plan_.confirm_replace,
                                   first_seen_ ? &*first_seen_ : nullptr},
                                  read, read_anywhere, call_);
    if (choice && !first_seen_) {
      first_seen_.emplace(choice->current);
    }
    return choice;
  }

  // A dry run does not need one: then nothing is the user's own by it.
  Result<Identity> identity_of(const Opened& opened) {
    if (!request_.dry_run) {
      return opened.identity;
    }
    auto identity = read_identity(host_, plan_.remote.clone, call_, plan_.remote.tls);
    if (!identity && identity.error().code != Code::no_identity) {
      return failure_of(identity);
    }
    return identity.value_or(Identity());
  }

  Result<RolloutResult> push(Opened opened, Round& round) {
    RolloutPlan plan = plan_;
    plan.confirm_replace = plan_.confirm_replace && !round.choice.is_own;
    const WrittenTag tag{round.choice.tag, {}, round.choice.is_own};
    GuardedChange guarded;
    guarded.change.message = rollback_message(target(), tag.tag.text());
    make_change(host_, rollout_, plan, tag.tag, call_, guarded);
    hold_to(guarded.change.edits.front(), round);
    auto pushed =
        push_guarded(host_, rollout_, plan, plan.confirm_replace ? confirm_ : ConfirmReplace(),
                     std::move(opened), guarded, tag.tag, call_);
    RETURN_IF_FAILED(pushed);
    auto result = result_of(host_, rollout_, std::move(plan), tag, std::move(*pushed),
                            std::move(guarded.effects));
    result.goes_back = true;
    return result;
  }

  // Makes the edit fail on a head where the place has another value than the one that was judged,
  // or has it from another commit.
  void hold_to(FileEdit& edit, Round& round) const {
    edit.edit = [this, &round, make = std::move(edit.edit)](std::string_view bytes) {
      auto edited = make(bytes);
      return edited ? expect_judged(bytes, std::move(*edited), round) : edited;
    };
    edit.may_replace = [this, &round, may = std::move(edit.may_replace)](
                           const std::vector<std::string>& tags, const FindReplaced& find) {
      auto allowed = may ? may(tags, find) : Result<void>();
      return allowed && round.choice.depends_on_owner ? expect_origin(tags.front(), find, round)
                                                      : allowed;
    };
  }

  Result<ManifestEdit> expect_judged(std::string_view bytes, ManifestEdit edited,
                                     Round& round) const {
    if (!edited.changed) {
      return edited;
    }
    auto value = read_image_tag(target().file.text(), bytes, target().place, call_.stop);
    RETURN_IF_FAILED(value);
    if (*value != round.choice.current) {
      return moved(round, value->value_or("(none)"));
    }
    RETURN_IF_FAILED(expect_own_others(edited, round.choice));
    return edited;
  }

  // Where several entries of the image have different tags, the first was judged.
  Result<void> expect_own_others(const ManifestEdit& edited, const RollbackChoice& choice) const {
    std::vector<std::string> others = edited.also_replaced;
    if (edited.previous_tag) {
      others.push_back(*edited.previous_tag);
    }
    for (const std::string& other : others) {
      if (choice.depends_on_owner && !is_of_same_change(other, choice.current.value_or(""))) {
        const ReplacedValue value{other};
        const Moment now = time_now(host_.clock);
        return Failure(not_yours(replacement_of(value, choice.tag, now), in_words(value, now),
                                 "Another entry of the image has that tag. " + whose_to_ask()));
      }
    }
    return {};
  }

  Result<void> expect_origin(const std::string& tag, const FindReplaced& find, Round& round) const {
    auto origin = find(tag).origin;
    if (!std::exchange(round.has_origin, true)) {
      round.origin = std::move(origin);
      return {};
    }
    const bool same = origin && round.origin && origin->commit == round.origin->commit;
    return same ? Result<void>() : moved(round, tag);
  }

  Failure moved(Round& round, const std::string& value) const {
    round.moved = true;
    return fail(Code::conflict,
                "The image was set by others again and again while it was put back; now it is at " +
                    sanitize_line(value, 200) + ".",
                "Nothing was changed. Try again a little later.");
  }

  const Host& host_;
  const RollbackRequest& request_;
  const CallContext& call_;
  const ConfirmReplace& confirm_;
  const RolloutRequest& rollout_;  // the same as a rollout
  const RolloutPlan plan_;
  // What was there at first; nothing for no value.
  std::optional<std::optional<std::string>> first_seen_;
};

}  // namespace

Result<RolloutResult> rollback(const Host& host, const RollbackRequest& request,
                               const CallContext& call, const ConfirmReplace& confirm) {
  RETURN_IF_FAILED(check_directories(host.environment));
  call.report("reading the configuration");
  RolloutRequest rollout;
  rollout.project = request.project;
  rollout.service = request.service;
  rollout.dry_run = request.dry_run;
  auto plan = plan_rollout(host, rollout, call, TagOrigin::history);
  RETURN_IF_FAILED(plan);
  return Rollback(host, request, call, confirm, rollout, std::move(*plan)).run();
}

}  // namespace engine
