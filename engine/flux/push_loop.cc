#include "engine/flux/push_loop.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/flux/other_changes.h"
#include "engine/flux/push_failure.h"
#include "engine/git/redirection.h"
#include "engine/text/text.h"

namespace engine {
namespace {

Error cancelled() {
  return {Code::cancelled, "Cancelled before the change was pushed."};
}

}  // namespace

PushLoop::PushLoop(const Clone& clone, const Change& change, const Identity& identity,
                   const CallContext& call)
    : clone_(clone),
      change_(change),
      identity_(identity),
      call_(call),
      names_(clone.remote.names()),
      retry_(clone.clock) {}

Result<PushedChange> PushLoop::push(const RemoteHead& head) {
  head_ = head;
  return run();
}

Result<PushedChange> PushLoop::push_optimistically(BackgroundFetch& fetch,
                                                   const RemoteHead& known) {
  head_ = known;
  fetch_ = &fetch;
  return run();
}

Result<PushedChange> PushLoop::run() {
  State state = State::preparing;
  path_.push_back(state);
  while (state != State::finished && state != State::failed) {
    state = next(state);
    path_.push_back(state);
  }
  return state == State::finished ? Result<PushedChange>(finish())
                                  : Result<PushedChange>(Failure(std::move(error_)));
}

PushLoop::State PushLoop::next(State state) {
  switch (state) {
    case State::preparing:
      return prepare();
    case State::pushing:
      return push_commit();
    case State::waiting:
      return wait_for_fetch();
    case State::resolving:
      return resolve_lost_optimistic_push();
    case State::looking:
      return look_at_remote();
    case State::retrying:
      return retry();
    case State::finished:
    case State::failed:
      break;
  }
  return state;
}

PushLoop::State PushLoop::prepare() {
  const auto earlier = std::exchange(prepared_, std::nullopt);
  push_.reset();
  auto prepared =
      call_.stop.stop_requested()
          ? Result<PreparedChange>(Failure(cancelled()))
          : prepare_change({clone_.remote, clone_.objects, clone_.history, identity_, call_},
                           change_, *head_);
  if (!prepared) {
    const State failed = fail_with(std::move(prepared.error()));
    return fetch_ == nullptr ? failed : State::waiting;
  }
  prepared_ = std::move(*prepared);
  if (earlier) {
    std::ranges::move(other_changes(clone_.objects, change_, *earlier, *prepared_),
                      std::back_inserter(warnings_));
  }
  if (prepared_->commit) {
    return State::pushing;
  }
  return fetch_ == nullptr ? State::finished : State::waiting;
}

// Once begun, a push is finished: neither it nor the look at what became of it can be stopped.
PushLoop::State PushLoop::push_commit() {
  const bool stopped = call_.stop.stop_requested();
  if (fetch_ != nullptr && (stopped || fetch_->done())) {
    return State::waiting;
  }
  if (stopped) {
    return fail_with(cancelled());
  }
  const std::string branch = goal();
  ++attempts_;
  call_.report("pushing to " + branch + " of " + names_.url +
               (attempts_ == 1 ? std::string() : " (attempt " + std::to_string(attempts_) + ")"));
  if (attempts_ == 1 && !change_.proposal) {
    clone_.work_tree.begin(*head_);
  }
  if (!push_) {
    begin_replaced(clone_.history, change_, *prepared_);
  }
  push_ = send();
  pushed_to_ = push_->redirected_to;
  if (push_->lacks_agit) {
    return fail_with(lacks_agit(names_, head_->branch));
  }
  if (is_done()) {
    if (fetch_ != nullptr) {
      fetch_->cancel();
    }
    const std::string words = joined_line(push_->words);
    if (!words.empty() && !change_.proposal) {
      warnings_.push_back("The remote says: " + words);
    }
    return State::finished;
  }
  if (fetch_ != nullptr) {
    call_.report("waiting for what is on " + branch + " of " + names_.url);
    return State::waiting;
  }
  return State::looking;
}

PushResult PushLoop::send() {
  return change_.proposal ? clone_.remote.propose(*change_.proposal, *head_, *prepared_->commit)
                          : clone_.remote.push(head_->branch, *prepared_->commit, head_->commit);
}

// A proposal that has the commit already is as good as one that was set to it.
bool PushLoop::is_done() const {
  return push_->kind == PushResult::Kind::pushed ||
         (change_.proposal && push_->kind == PushResult::Kind::up_to_date);
}

PushLoop::State PushLoop::wait_for_fetch() {
  const Result<RemoteHead>& fetched = std::exchange(fetch_, nullptr)->finish().head;
  if (!fetched) {
    const bool stopped = fetched.error().code == Code::cancelled;
    return push_ && (stopped || push_->has_reached_remote()) ? State::looking
                                                             : fail_with(fetched.error());
  }
  if (push_ && push_->kind == PushResult::Kind::up_to_date) {
    // An earlier rollout made the very commit in the same second, and could not note it here.
    return start_over(*fetched);
  }
  if (*fetched == *head_) {
    if (push_) {  // whose connection failed, where another one has come about
      return push_->sent_nothing && push_->error.code == Code::unreachable ? State::pushing
                                                                           : State::looking;
    }
    if (!prepared_) {
      return State::failed;
    }
    return prepared_->commit ? State::pushing : State::finished;
  }
  if (push_) {
    head_ = *fetched;
    return State::resolving;
  }
  return start_over(*fetched);
}

// The remote had moved before it was asked: a fetch before the push would have shown that, so the
// push does not count, unless it arrived after all.
PushLoop::State PushLoop::resolve_lost_optimistic_push() {
  bool arrived = has_arrived(*head_);
  if (!arrived && push_->kind == PushResult::Kind::no_answer && !push_->sent_nothing) {
    auto now = clone_.remote.fetch(head_->branch);
    if (!now) {
      return fail_with(
          unknown_push(names_, prepared_->base.branch, *push_, *prepared_->commit, now.error()));
    }
    head_ = std::move(*now);
    arrived = has_arrived(*head_);
  }
  return arrived ? State::finished : start_over(*head_);
}

PushLoop::State PushLoop::start_over(RemoteHead head) {
  head_ = std::move(head);
  prepared_.reset();
  attempts_ = 0;
  return State::preparing;
}

// If another push was faster, its commit is looked at just before the next push, so that few
// others can come in between.
PushLoop::State PushLoop::look_at_remote() {
  may_retry_ = !push_->lost_race() || pause();
  if (push_->kind == PushResult::Kind::no_answer && push_->sent_nothing) {
    return fail_with(push_->error);
  }
  call_.report("fetching " + head_->branch + " of " + names_.url +
               " to see what became of the push");
  auto now = clone_.remote.fetch(head_->branch);
  if (!now) {
    return fail_without_answer(std::move(now.error()));
  }
  if (has_arrived(*now)) {
    return State::finished;
  }
  if (*now == *head_) {
    return judge_unmoved_remote();
  }
  if (push_->is_refused_by_policy() && ++refusals_by_policy_ > 1) {
    return fail_with(refusal());
  }
  head_ = std::move(*now);
  return State::retrying;
}

// Whatever the remote answered to the push: git's HTTP sends it again by itself when its connection
// breaks, and is then told that another push was faster, which was this one.
PushLoop::State PushLoop::fail_without_answer(Error why) {
  if (push_->is_refused_by_policy()) {
    return fail_with(refusal());
  }
  return fail_with(push_->has_reached_remote()
                       ? unknown_push(names_, goal(), *push_, *prepared_->commit, why)
                       : std::move(why));
}

// The remote is where it was: it refused the push, or something was in the way for a moment.
PushLoop::State PushLoop::judge_unmoved_remote() {
  const Error refused = refusal();
  if (push_->kind != PushResult::Kind::no_answer) {
    return push_->is_shallow_refusal() && !has_completed_history_
               ? complete_history()
               : retry_or_fail(is_race(push_->reason), refused);
  }
  Error error = push_->error;
  if (error.code == Code::timeout) {
    error.hint +=
        " The remote may still finish what it was sent: roll out again to see (a change that "
        "arrived is reported as already there).";
  }
  if (error.code == Code::internal && push_->refused_here) {
    return fail_with(refused);
  }
  const bool passes = error.code == Code::unreachable;
  return retry_or_fail(passes, std::move(error));
}

PushLoop::State PushLoop::retry_or_fail(bool passes, Error error) {
  constexpr int kMaxTransientFailures = 3;
  const State failed = fail_with(std::move(error));
  return passes && ++transient_failures_ <= kMaxTransientFailures ? State::retrying : failed;
}

PushLoop::State PushLoop::complete_history() {
  has_completed_history_ = true;
  call_.report("fetching the whole history, which the remote asks for");
  auto fetched = clone_.remote.fetch_whole_history(head_->branch, call_.stop);
  if (!fetched) {
    return fail_with(std::move(fetched.error()));
  }
  error_ = refusal();
  return State::retrying;
}

PushLoop::State PushLoop::retry() {
  const bool has_moved = *head_ != prepared_->base;
  const bool again = push_->lost_race() ? may_retry_ : pause();
  if (!again) {
    return has_moved ? fail_with(push_conflict(
                           names_, goal(), attempts_,
                           clone_.objects.authorship(head_->proposed.value_or(head_->commit))))
                     : State::failed;
  }
  if (!has_moved) {
    return State::pushing;
  }
  call_.report(head_->branch + " moved meanwhile: making the change again");
  return State::preparing;
}

PushLoop::State PushLoop::fail_with(Error error) {
  error_ = std::move(error);
  return State::failed;
}

bool PushLoop::has_arrived(const RemoteHead& head) const {
  if (change_.proposal) {
    // With AGit that is only what this clone pushed before, and no fetch shows what arrived.
    return change_.proposal->way != ProposalTarget::Way::agit && head.proposed == prepared_->commit;
  }
  return clone_.objects.contains(head.commit, *prepared_->commit, prepared_->base.commit);
}

// Pauses before the next attempt; false if there shall be none.
bool PushLoop::pause() {
  const auto pause = retry_.next_pause();
  if (pause) {
    clone_.clock.sleep(*pause, call_.stop);
  }
  return pause.has_value();
}

PushedChange PushLoop::finish() {
  const RemoteHead& base = prepared_->base;
  if (!push_) {
    begin_replaced(clone_.history, change_, *prepared_);
  }
  if (auto told = redirection_warning(names_.url, pushed_to_, clone_.remote.redirected_to())) {
    warnings_.push_back(std::move(*told));
  }
  if (prepared_->unmerged) {
    warnings_.push_back(std::move(*prepared_->unmerged));
  }
  if (!change_.dry_run) {
    clone_.remote.release();
    call_.report("updating the clone's work tree");
    if (auto warning = clone_.work_tree.finish(
            base, change_.proposal ? std::nullopt : prepared_->commit, change_.files())) {
      warnings_.push_back(std::move(*warning));
    }
  }
  for (PreparedEdit& edit : prepared_->edits) {
    std::ranges::move(edit.edit.warnings, std::back_inserter(warnings_));
  }
  const std::optional<PushedProposal> proposed = proposal();
  const bool already = proposed && proposed->already;
  PushedChange pushed{.changed = prepared_->changed() && !already,
                      .branch = base.branch,
                      .head = base.commit,
                      .commit = already ? std::nullopt : prepared_->commit,
                      .attempts = attempts_,
                      .edits = {},
                      .warnings = std::move(warnings_),
                      .proposal = proposed};
  pushed.edits = finish_replaced(clone_.history, change_, std::move(*prepared_));
  return pushed;
}

}  // namespace engine
