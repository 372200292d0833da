#include "engine/lander.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/signing.h"
#include "engine/text.h"
#include "engine/work_tree.h"

namespace engine {
namespace {

// "12 seconds", "3 minutes": how long ago something was.
std::string age_of(std::int64_t time) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::int64_t seconds = std::max<std::int64_t>(0, now - time);
  const auto in = [](std::int64_t count, const std::string& unit) {
    return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
  };
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  if (seconds < 2 * kMinute) {
    return in(seconds, "second");
  }
  if (seconds < 2 * kHour) {
    return in(seconds / kMinute, "minute");
  }
  return seconds < 2 * kDay ? in(seconds / kHour, "hour") : in(seconds / kDay, "day");
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return printable_line(text);
}

std::string shown_value(const std::optional<std::string>& tag) {
  return tag ? "'" + printable_line(*tag, 256) + "'" : "no tag";
}

}  // namespace

Lander::Lander(const FluxClone& clone, const GitObjectStore& objects, const Change& change,
               const Identity& identity, const Call& call)
    : clone_(clone),
      objects_(objects),
      change_(change),
      identity_(identity),
      call_(call),
      retry_(clone.clock()) {}

Result<Landing> Lander::land(RemoteHead head) {
  auto prepared = prepare(head);
  while (prepared && prepared->commit) {
    const RemoteHead base = head;
    auto verdict = push(*prepared->commit, head);
    if (!verdict) {
      return failure_of(verdict);
    }
    if (*verdict == Verdict::landed) {
      return finish(std::move(*prepared), base);
    }
    wait();
    if (exhausted_) {
      return *verdict == Verdict::moved ? conflict(head) : Failure(std::move(hindrance_));
    }
    if (call_.stop.stop_requested()) {
      return fail(Code::cancelled, "Cancelled before the change was pushed.");
    }
    if (*verdict == Verdict::moved) {
      call_.report(head.branch + " moved meanwhile: making the change anew");
      auto anew = prepare(head);
      if (anew) {
        note_other_change(*prepared, base.commit, *anew, head);
      }
      prepared = std::move(anew);
    }
  }
  if (!prepared) {
    return failure_of(prepared);
  }
  return finish(std::move(*prepared), head);
}

Result<Lander::Prepared> Lander::prepare(const RemoteHead& head) const {
  if (call_.stop.stop_requested()) {
    return fail(Code::cancelled, "Cancelled before the change was pushed.");
  }
  auto before = objects_.read_file(head.commit, change_.file,
                                   "branch " + head.branch + " of " + clone_.shown_url());
  if (!before) {
    return failure_of(before);
  }
  auto edit = change_.edit(*before);
  if (!edit) {
    return failure_of(edit);
  }
  Prepared prepared{std::move(*before), std::move(*edit), {}, {}};
  if (!prepared.edit.changed) {
    return prepared;
  }
  auto diff = unified_diff(change_.file, prepared.before, prepared.edit.bytes);
  if (!diff) {
    return failure_of(diff);
  }
  prepared.diff = std::move(*diff);
  if (change_.dry_run) {
    return prepared;
  }
  auto commit = make_commit(head, prepared.edit);
  if (!commit) {
    return failure_of(commit);
  }
  prepared.commit = std::move(*commit);
  return prepared;
}

Result<CommitId> Lander::make_commit(const RemoteHead& head, const ManifestEdit& edit) const {
  auto tree = objects_.write_tree(head.commit, change_.file, edit.bytes);
  if (!tree) {
    return failure_of(tree);
  }
  return identity_.sign_commits
             ? make_signed_commit(*tree, head.commit)
             : objects_.write_commit(*tree, head.commit, change_.message, identity_);
}

Result<CommitId> Lander::make_signed_commit(const std::string& tree, const CommitId& parent) const {
  call_.report("signing the commit");
  const Completion completion =
      clone_.run(clone_.commands().commit_tree(tree, parent, change_.message, identity_),
                 call_.stop, std::min(kSigningLimit, clone_.limit()));
  return signed_commit(completion, clone_.failure(completion, "sign a commit for"));
}

// Once begun, a push is finished: neither it nor the look at what became of it can be stopped.
Result<Lander::Verdict> Lander::push(const CommitId& commit, RemoteHead& head) {
  ++attempts_;
  waited_ = false;
  call_.report("pushing to " + head.branch + " of " + clone_.shown_url() +
               (attempts_ == 1 ? std::string() : " (attempt " + std::to_string(attempts_) + ")"));
  const Completion completion =
      clone_.run(clone_.commands().push(head.branch, commit, head.commit), {});
  const PushOutcome outcome = parse_push(completion, GitCommands::branch_ref(head.branch));
  if (outcome.kind == PushOutcome::Kind::pushed) {
    if (const std::string words = joined(remote_words(completion.err)); !words.empty()) {
      warnings_.push_back("The remote says: " + words);
    }
    return Verdict::landed;
  }
  if (outcome.kind == PushOutcome::Kind::no_answer) {
    if (nothing_was_sent(completion)) {
      return Failure(clone_.failure(completion, "push to"));
    }
  }
  return judge(completion, outcome, commit, head);
}

// Makes the pause before the next attempt, once.
void Lander::wait() {
  if (std::exchange(waited_, true)) {
    return;
  }
  const auto pause = retry_.next_pause();
  exhausted_ = !pause;
  if (pause) {
    clone_.clock().sleep(*pause, call_.stop);
  }
}

Result<Lander::Verdict> Lander::judge(const Completion& completion, const PushOutcome& outcome,
                                      const CommitId& commit, RemoteHead& head) {
  // The pause comes before the look: what is seen shall still be so when the next push begins.
  if (is_race(outcome.reason)) {
    wait();
  }
  call_.report("fetching " + head.branch + " of " + clone_.shown_url() +
               " to see what became of the push");
  auto now = fetch_branch(clone_, head.branch, {});
  if (!now) {
    switch (outcome.kind) {
      case PushOutcome::Kind::remote_rejected:
        return Failure(refusal(completion, outcome, head));
      case PushOutcome::Kind::no_answer:
        return unknown_outcome(completion, commit, head, now.error());
      default:
        return failure_of(now);
    }
  }
  // Whatever the remote answered: git's HTTP sends a push again by itself when its connection
  // breaks, and is then told that somebody was faster, who was this push.
  if (objects_.contains(now->commit, commit, head.commit)) {
    return Verdict::landed;
  }
  if (now->commit == head.commit) {
    return judge_unmoved(completion, outcome, head);
  }
  if (outcome.kind == PushOutcome::Kind::remote_rejected && !is_race(outcome.reason) &&
      ++refusals_by_policy_ > 1) {
    return Failure(refusal(completion, outcome, head));
  }
  head = std::move(*now);
  return Verdict::moved;
}

// The remote is where it was: it refused the push, or something was in the way for a moment.
Result<Lander::Verdict> Lander::judge_unmoved(const Completion& completion,
                                              const PushOutcome& outcome, const RemoteHead& head) {
  constexpr int kMostTransientFailures = 3;
  if (outcome.kind == PushOutcome::Kind::no_answer) {
    Error error = clone_.failure(completion, "push to");
    const bool transient = error.code == Code::unreachable;
    if (transient && ++transient_failures_ <= kMostTransientFailures) {
      hindrance_ = std::move(error);
      return Verdict::try_again;
    }
    const bool refused_here = completion.kind == Completion::Kind::exited &&
                              completion.err.find("failed to push some refs") != std::string::npos;
    return Failure(error.code == Code::internal && refused_here ? refusal(completion, outcome, head)
                                                                : std::move(error));
  }
  if (is_shallow_refusal(outcome.reason) && !made_whole_) {
    made_whole_ = true;
    call_.report("fetching the whole history, which the remote asks for");
    const Completion fetched =
        clone_.run(clone_.commands().fetch(head.branch, History::whole), call_.stop);
    if (!fetched.ok()) {
      return Failure(clone_.failure(fetched, "fetch from"));
    }
    hindrance_ = refusal(completion, outcome, head);
    return Verdict::try_again;
  }
  if (is_race(outcome.reason) && ++transient_failures_ <= kMostTransientFailures) {
    hindrance_ = refusal(completion, outcome, head);
    return Verdict::try_again;
  }
  return Failure(refusal(completion, outcome, head));
}

Error Lander::refusal(const Completion& completion, const PushOutcome& outcome,
                      const RemoteHead& head) const {
  const bool by_hook_here = outcome.kind == PushOutcome::Kind::no_answer;
  std::vector<std::string> words = remote_words(completion.err);
  if (by_hook_here && words.empty()) {
    words.push_back(printable_line(redact(completion.err)));
  }
  std::string message =
      by_hook_here ? "Git refused to push to " : "The remote refused the push to ";
  message += head.branch + " of " + clone_.shown_url();
  message += outcome.reason.empty() ? ":" : ": " + outcome.reason + ".";
  if (const std::string text = joined(words); !text.empty()) {
    message += " " + text;
  }
  std::string hint =
      "A protected branch or a hook of the remote decides that: ask whoever "
      "administers the repository for the right to push to " +
      head.branch + ".";
  if (by_hook_here) {
    hint =
        "A pre-push hook on this machine decides that: see git's core.hooksPath, and .git/hooks "
        "in " +
        clone_.remote().clone.string() + ".";
  } else if (is_race(outcome.reason)) {
    hint =
        "The remote's branch did not move, so nobody else was faster: a lock file that a dead "
        "process left on the remote may be in the way. Ask whoever administers it.";
  }
  return {Code::rejected,
          std::move(message),
          std::move(hint),
          {{"reason", outcome.reason}, {"remoteWords", std::move(words)}}};
}

Failure Lander::unknown_outcome(const Completion& completion, const CommitId& commit,
                                const RemoteHead& head, const Error& why) const {
  return fail(Code::unknown_outcome,
              "The push of commit " + commit.short_sha() + " to " + head.branch + " of " +
                  clone_.shown_url() +
                  " broke off, and the remote cannot be asked whether it arrived. " +
                  clone_.failure(completion, "push to").message + " " + why.message,
              "When the remote answers again, try again (a change that arrived is reported as "
              "already there), or look for the commit with `git fetch origin && git log origin/" +
                  head.branch + "` in " + clone_.remote().clone.string() + ".",
              {{"commit", commit.text()}});
}

Failure Lander::conflict(const RemoteHead& head) const {
  std::string message = "Tried " + std::to_string(attempts_) + " times to push to " + head.branch +
                        " of " + clone_.shown_url() + ", and somebody else was faster each time";
  Details details = {{"attempts", attempts_}};
  if (const auto last = objects_.authorship(head.commit)) {
    message += "; it was last moved by " + last->author + ", " + age_of(last->time) + " ago";
    details.emplace_back("lastMovedBy", last->author);
  }
  return fail(Code::conflict, message + ".", "Try again when fewer are writing to it.",
              std::move(details));
}

void Lander::note_other_change(const Prepared& earlier, const CommitId& earlier_head,
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

Landing Lander::finish(Prepared prepared, const RemoteHead& base) {
  if (!change_.dry_run) {
    settle(base.branch, prepared.commit.value_or(base.commit));
  }
  return {.changed = prepared.edit.changed,
          .branch = base.branch,
          .head = base.commit,
          .commit = std::move(prepared.commit),
          .previous_tag = std::move(prepared.edit.previous_tag),
          .diff = std::move(prepared.diff),
          .attempts = attempts_,
          .warnings = std::move(warnings_)};
}

void Lander::settle(const std::string& branch, const CommitId& commit) {
  call_.report("updating the clone's work tree");
  if (auto settled = settle_work_tree(clone_, branch, commit); !settled) {
    warnings_.push_back("The clone's work tree is not up to date; the next rollout corrects it. " +
                        settled.error().message);
  }
}

}  // namespace engine
