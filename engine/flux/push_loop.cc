#include "engine/flux/push_loop.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "engine/flux/push_failure.h"
#include "engine/git/signing.h"
#include "engine/text/text.h"

namespace engine {
namespace {

std::string shown_value(const std::optional<std::string>& tag) {
  return tag ? "'" + sanitize_line(*tag, 256) + "'" : "no tag";
}

PushResult parse(const ProcessResult& completion, const RemoteHead& head) {
  return parse_push(completion, GitCommands::branch_ref(head.branch));
}

// Whether the push says so itself that somebody else was faster.
bool lost_race(const ProcessResult& completion, const RemoteHead& head) {
  const PushResult outcome = parse(completion, head);
  return outcome.kind != PushResult::Kind::pushed && is_race(outcome.reason);
}

Failure cancelled() {
  return fail(Code::cancelled, "Cancelled before the change was pushed.");
}

// Whether the remote got it, so that it is to be asked what became of it.
bool has_reached_remote(const ProcessResult& completion, const RemoteHead& head) {
  const PushResult::Kind kind = parse(completion, head).kind;
  return kind == PushResult::Kind::remote_rejected ||
         (kind == PushResult::Kind::no_answer && !nothing_was_sent(completion));
}

// What is said where the clone's work tree could not be brought to the pushed commit. The next
// rollout does that only if what was in the way passes by itself.
std::string stale_work_tree(const Error& why) {
  const bool passes = why.code == Code::disk_full || why.code == Code::locked ||
                      why.code == Code::timeout || why.code == Code::unreachable;
  const std::string start = "The clone's work tree is not up to date";
  return passes ? start + "; the next rollout corrects it. " + why.message
                : start + ". " + why.message + (why.hint.empty() ? "" : " " + why.hint);
}

bool is_pushed(const ProcessResult& completion, const RemoteHead& head) {
  return parse(completion, head).kind == PushResult::Kind::pushed;
}

}  // namespace

PushLoop::PushLoop(const FluxClone& clone, const GitObjectStore& objects, const Change& change,
                   const Identity& identity, const CallContext& call)
    : clone_(clone),
      objects_(objects),
      change_(change),
      identity_(identity),
      call_(call),
      retry_(clone.clock()) {}

Result<PushedChange> PushLoop::push(const RemoteHead& head) {
  return push_prepared(head, prepare(head), std::nullopt);
}

Result<PushedChange> PushLoop::push_optimistically(BackgroundFetch& fetch,
                                                   const RemoteHead& known) {
  auto prepared = prepare(known);
  std::optional<ProcessResult> sent;
  if (prepared && prepared->commit && !fetch.done() && !call_.stop.stop_requested()) {
    sent = send(*prepared->commit, known);
    if (is_pushed(*sent, known)) {
      fetch.cancel();
      return push_prepared(known, std::move(prepared), std::move(sent));
    }
    call_.report("waiting for what is on " + known.branch + " of " + clone_.shown_url());
  }
  Result<RemoteHead> fetched = fetch.finish().head;
  const bool stopped = !fetched && fetched.error().code == Code::cancelled;
  if (!fetched && !(sent && (stopped || has_reached_remote(*sent, known)))) {
    return failure_of(fetched);
  }
  if (fetched && sent && parse(*sent, known).kind == PushResult::Kind::up_to_date) {
    // An earlier rollout made the very commit in the same second, and could not note it here.
    attempts_ = 0;
    return push(*fetched);
  }
  if (!fetched || *fetched == known) {
    return push_prepared(known, std::move(prepared), std::move(sent));
  }
  return sent ? resolve_lost_optimistic_push(*fetched, known, *std::move(prepared), *sent)
              : push(*fetched);
}

// The remote had moved before it was asked: a fetch before the push would have shown that, so the
// push does not count, unless it arrived after all.
Result<PushedChange> PushLoop::resolve_lost_optimistic_push(RemoteHead head,
                                                            const RemoteHead& known,
                                                            Prepared prepared,
                                                            const ProcessResult& sent) {
  const PushResult outcome = parse(sent, known);
  bool landed = objects_.contains(head.commit, *prepared.commit, known.commit);
  if (!landed && outcome.kind == PushResult::Kind::no_answer && !nothing_was_sent(sent)) {
    auto now = fetch_branch(clone_, head.branch, {});
    if (!now) {
      return unknown_push(clone_, known.branch, sent, *prepared.commit, now.error());
    }
    landed = objects_.contains(now->commit, *prepared.commit, known.commit);
    head = std::move(*now);
  }
  if (landed) {
    return finish(std::move(prepared), known);
  }
  attempts_ = 0;
  return push(head);
}

// `sent` is how the first push ended, where it was made already.
Result<PushedChange> PushLoop::push_prepared(RemoteHead head, Result<Prepared> prepared,
                                             std::optional<ProcessResult> sent) {
  while (prepared && prepared->commit) {
    if (!sent && call_.stop.stop_requested()) {
      return cancelled();
    }
    const RemoteHead base = head;
    const CommitId& commit = *prepared->commit;
    const ProcessResult completion = sent ? *std::exchange(sent, std::nullopt) : send(commit, head);
    // Where somebody was faster, their commit is looked at just before the next push, so that few
    // others can come in between; a push that is begun is finished though the call is cancelled.
    const bool lost = lost_race(completion, head);
    bool more = !lost || pause();
    auto verdict = classify_push(completion, commit, head);
    RETURN_IF_FAILED(verdict);
    if (*verdict == PushVerdict::landed) {
      return finish(std::move(*prepared), base);
    }
    more = more && (lost || pause());
    if (!more) {
      return *verdict == PushVerdict::moved
                 ? push_conflict(clone_, head.branch, attempts_, objects_.authorship(head.commit))
                 : Failure(std::move(last_transient_error_));
    }
    if (*verdict == PushVerdict::moved) {
      call_.report(head.branch + " moved meanwhile: making the change anew");
      auto remade = prepare(head);
      if (remade) {
        note_other_change(*prepared, base.commit, *remade, head);
      }
      prepared = std::move(remade);
    }
  }
  RETURN_IF_FAILED(prepared);
  return finish(std::move(*prepared), head);
}

// Pauses before the next attempt; false if there shall be none.
bool PushLoop::pause() {
  const auto pause = retry_.next_pause();
  if (pause) {
    clone_.clock().sleep(*pause, call_.stop);
  }
  return pause.has_value();
}

Result<PushLoop::Prepared> PushLoop::prepare(const RemoteHead& head) const {
  if (call_.stop.stop_requested()) {
    return cancelled();
  }
  if (const auto missing = objects_.missing_blob(head.commit, change_.file)) {
    call_.report("fetching " + change_.file.text() + " of " + clone_.shown_url());
    const ProcessResult brought = clone_.run(clone_.commands().fetch_blob(*missing), call_.stop);
    Error error = brought.ok() ? Error() : clone_.failure(brought, "fetch from");
    // Without a reason it is not the remote's: the clone is broken, as reading the file will show.
    if (!brought.ok() && error.code != Code::internal) {
      return Failure(std::move(error));
    }
  }
  auto before = objects_.read_file(head.commit, change_.file,
                                   "branch " + head.branch + " of " + clone_.shown_url());
  RETURN_IF_FAILED(before);
  auto edit = change_.edit(*before);
  RETURN_IF_FAILED(edit);
  Prepared prepared{std::move(*before), std::move(*edit), {}, {}};
  if (!prepared.edit.changed) {
    return prepared;
  }
  auto diff = unified_diff(change_.file.text(), prepared.before, prepared.edit.bytes);
  RETURN_IF_FAILED(diff);
  prepared.diff = std::move(*diff);
  if (change_.dry_run) {
    return prepared;
  }
  auto commit = make_commit(head, prepared.edit);
  RETURN_IF_FAILED(commit);
  prepared.commit = std::move(*commit);
  return prepared;
}

Result<CommitId> PushLoop::make_commit(const RemoteHead& head, const ManifestEdit& edit) const {
  auto tree = objects_.write_tree(head.commit, change_.file, edit.bytes);
  RETURN_IF_FAILED(tree);
  return identity_.sign_commits
             ? make_signed_commit(*tree, head.commit)
             : objects_.write_commit(*tree, head.commit, change_.message, identity_);
}

Result<CommitId> PushLoop::make_signed_commit(const std::string& tree,
                                              const CommitId& parent) const {
  call_.report("signing the commit");
  const ProcessResult completion =
      clone_.run(clone_.commands().commit_tree(tree, parent, change_.message, identity_),
                 call_.stop, std::min(kSigningLimit, clone_.limit()));
  return signed_commit(completion, clone_.failure(completion, "sign a commit for"));
}

// Once begun, a push is finished: neither it nor the look at what became of it can be stopped.
ProcessResult PushLoop::send(const CommitId& commit, const RemoteHead& head) {
  ++attempts_;
  call_.report("pushing to " + head.branch + " of " + clone_.shown_url() +
               (attempts_ == 1 ? std::string() : " (attempt " + std::to_string(attempts_) + ")"));
  if (attempts_ == 1) {
    scan_.emplace(clone_, head.branch, head.commit);
  }
  ProcessResult completion =
      clone_.run(clone_.commands().push(head.branch, commit, head.commit), {});
  pushed_to_ = redirection_in(completion.err);
  return completion;
}

Result<PushLoop::PushVerdict> PushLoop::classify_push(const ProcessResult& completion,
                                                      const CommitId& commit, RemoteHead& head) {
  const PushResult outcome = parse(completion, head);
  if (outcome.kind == PushResult::Kind::pushed) {
    if (const std::string words = joined_line(remote_words(completion.err)); !words.empty()) {
      warnings_.push_back("The remote says: " + words);
    }
    return PushVerdict::landed;
  }
  if (outcome.kind == PushResult::Kind::no_answer && nothing_was_sent(completion)) {
    return Failure(clone_.failure(completion, "push to"));
  }
  call_.report("fetching " + head.branch + " of " + clone_.shown_url() +
               " to see what became of the push");
  auto now = fetch_branch(clone_, head.branch, {});
  // Whatever the remote answered: git's HTTP sends a push again by itself when its connection
  // breaks, and is then told that somebody was faster, who was this push.
  if (!now) {
    if (outcome.kind == PushResult::Kind::remote_rejected && !is_race(outcome.reason)) {
      return Failure(push_refusal(clone_, head.branch, completion, outcome));
    }
    return has_reached_remote(completion, head)
               ? unknown_push(clone_, head.branch, completion, commit, now.error())
               : failure_of(now);
  }
  if (objects_.contains(now->commit, commit, head.commit)) {
    return PushVerdict::landed;
  }
  if (now->commit == head.commit) {
    return classify_unmoved_push(completion, outcome, head);
  }
  if (outcome.kind == PushResult::Kind::remote_rejected && !is_race(outcome.reason) &&
      ++refusals_by_policy_ > 1) {
    return Failure(push_refusal(clone_, head.branch, completion, outcome));
  }
  head = std::move(*now);
  return PushVerdict::moved;
}

// The remote is where it was: it refused the push, or something was in the way for a moment.
Result<PushLoop::PushVerdict> PushLoop::classify_unmoved_push(const ProcessResult& completion,
                                                              const PushResult& outcome,
                                                              const RemoteHead& head) {
  constexpr int kMaxTransientFailures = 3;
  if (outcome.kind == PushResult::Kind::no_answer) {
    Error error = clone_.failure(completion, "push to");
    if (error.code == Code::timeout) {
      error.hint +=
          " The remote may still finish what it was sent: roll out again to see (a change that "
          "arrived is reported as already there).";
    }
    const bool transient = error.code == Code::unreachable;
    if (transient && ++transient_failures_ <= kMaxTransientFailures) {
      last_transient_error_ = std::move(error);
      return PushVerdict::try_again;
    }
    const bool refused_here = completion.kind == ProcessResult::Kind::exited &&
                              completion.err.find("failed to push some refs") != std::string::npos;
    return Failure(error.code == Code::internal && refused_here
                       ? push_refusal(clone_, head.branch, completion, outcome)
                       : std::move(error));
  }
  if (is_shallow_refusal(outcome.reason) && !made_whole_) {
    made_whole_ = true;
    call_.report("fetching the whole history, which the remote asks for");
    auto fetched = fetch_branch(clone_, head.branch, call_.stop, History::whole);
    RETURN_IF_FAILED(fetched);
    last_transient_error_ = push_refusal(clone_, head.branch, completion, outcome);
    return PushVerdict::try_again;
  }
  if (is_race(outcome.reason) && ++transient_failures_ <= kMaxTransientFailures) {
    last_transient_error_ = push_refusal(clone_, head.branch, completion, outcome);
    return PushVerdict::try_again;
  }
  return Failure(push_refusal(clone_, head.branch, completion, outcome));
}

void PushLoop::note_other_change(const Prepared& earlier, const CommitId& earlier_head,
                                 const Prepared& now, const RemoteHead& head) {
  if (!now.edit.changed || now.edit.previous_tag == earlier.edit.previous_tag) {
    return;
  }
  std::string who = "Somebody";
  std::string when;
  if (const auto change = objects_.last_change(head.commit, earlier_head, change_.file)) {
    who = change->author;
    when = " " + age_of(change->time) + " ago";
  }
  warnings_.push_back(who + " set this entry to " + shown_value(now.edit.previous_tag) + when +
                      ", while the rollout was running; that has been replaced.");
}

PushedChange PushLoop::finish(Prepared prepared, const RemoteHead& base) {
  if (auto told = redirection_warning(clone_.shown_url(), pushed_to_, clone_.redirected_to())) {
    warnings_.push_back(std::move(*told));
  }
  if (!change_.dry_run) {
    settle(base, prepared.commit);
  }
  std::ranges::move(prepared.edit.warnings, std::back_inserter(warnings_));
  return {.changed = prepared.edit.changed,
          .branch = base.branch,
          .head = base.commit,
          .commit = std::move(prepared.commit),
          .previous_tag = std::move(prepared.edit.previous_tag),
          .diff = std::move(prepared.diff),
          .attempts = attempts_,
          .warnings = std::move(warnings_)};
}

void PushLoop::settle(const RemoteHead& base, const std::optional<CommitId>& commit) {
  call_.report("updating the clone's work tree");
  const RepositoryPath& file = change_.file;
  if (commit && scan_ && scan_->found_clean_at(base.commit) &&
      advance_work_tree(clone_, base.branch, *commit, file)) {
    return;
  }
  auto settled = reset_work_tree(clone_, base.branch, commit.value_or(base.commit), file);
  if (!settled) {
    warnings_.push_back(stale_work_tree(settled.error()));
  } else if (!settled->empty()) {
    warnings_.push_back(std::move(*settled));
  }
}

}  // namespace engine
