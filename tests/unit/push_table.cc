#include "tests/unit/push_table.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/flux/push_loop.h"

namespace test {
namespace {

using engine::Code;
using engine::PushedChange;
using engine::PushLoop;
using engine::Result;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr const char* kOld = "pr-9-0000000";
constexpr const char* kTag = "pr-1-abcdef0";

// Counts its pauses; time passes only then.
class PausedClock final : public engine::Clock {
 public:
  PausedClock(seconds step, std::function<void()> on_pause)
      : step_(step), on_pause_(std::move(on_pause)) {}
  int pauses() const { return pauses_; }
  TimePoint now() const override { return now_; }
  bool sleep(milliseconds /*duration*/, const std::stop_token& stop) override {
    ++pauses_;
    now_ += step_;
    on_pause_();
    return !stop.stop_requested();
  }

 private:
  seconds step_;
  std::function<void()> on_pause_;
  TimePoint now_{};
  int pauses_ = 0;
};

// What a row's push came to.
class Played {
 public:
  explicit Played(const PushRow& row)
      : row_(row),
        remote(history, row.file == File::unchanged ? kTag : kOld, kTag),
        clock_(row.pause, [this] { stop_if(Stop::in_pause); }) {
    remote.push_ends = row.pushes;
    remote.fetch_shows = row.then;
    remote.find_head_shows = row.found;
    remote.while_pushing = [this] { stop_if(Stop::in_push); };
    if (!row.history_is_there) {
      remote.history_fails = engine::Error{Code::unreachable, "The history cannot be had."};
    }
    if (row.file == File::missing) {
      history.reading_fails = engine::Error{Code::bad_path, "There is no such file."};
    }
    if (row.signing == Signing::fails) {
      history.signing_fails = engine::Error{Code::sign_failed, "The key is locked."};
    }
    if (row.blob != Blob::here) {
      history.missing = std::string(40, 'b');
    }
    if (row.blob == Blob::unreachable || row.blob == Blob::broken) {
      const bool broken = row.blob == Blob::broken;
      remote.blob_fails = engine::Error{broken ? Code::internal : Code::unreachable, "No blob."};
    }
    if (row.work_tree_is_stale) {
      work_tree.warning = "The clone's work tree is not up to date.";
    }
    change_.edits.front().edit = [this](std::string_view bytes) { return edit(bytes); };
    change_.dry_run = row.dry_run;
    identity_.sign_commits = row.signing != Signing::none;
    stop_if(Stop::before);
    play();
  }

  int pauses() const { return clock_.pauses(); }

 private:
  const PushRow& row_;

 public:
  MadeUpHistory history;
  ScriptedRemote remote;
  NotedWorkTree work_tree;
  MadeUpValues values{history};
  std::string path;
  std::set<std::string> transitions;
  std::optional<Result<PushedChange>> outcome;

 private:
  void stop_if(Stop when) {
    if (row_.stop == when) {
      stop_.request_stop();
    }
  }

  Result<engine::ManifestEdit> edit(std::string_view bytes) {
    stop_if(Stop::in_edit);
    const bool first = ++edits_ == 1;
    if (row_.file == File::refused || (row_.file == File::refused_once && first) ||
        (row_.file == File::refused_later && !first)) {
      return engine::fail(Code::image_not_found, "There is no such image.");
    }
    engine::ManifestEdit edit{
        .bytes = kTag, .changed = bytes != kTag, .previous_tag = std::string(bytes)};
    if (row_.file == File::warned) {
      edit.warnings = {"The digest goes."};
    }
    return edit;
  }

  void play() {
    const engine::CallContext call{stop_.get_token(), {}};
    const engine::RemoteHead known = remote.head();
    PushLoop loop({remote, history, work_tree, values, clock_}, change_, identity_, call);
    if (row_.fetch == Fetch::before) {
      outcome = loop.push(known);
    } else {
      using Start = engine::BackgroundFetch::Start;
      const bool over = row_.fetch == Fetch::over;
      engine::BackgroundFetch fetch(remote, over ? Start::at_once : Start::deferred, call, {});
      while (over && !fetch.done()) {
        std::this_thread::sleep_for(milliseconds(1));
      }
      outcome = loop.push_optimistically(fetch, known);
    }
    std::string last;
    for (const PushLoop::State state : loop.path()) {
      const std::string now(engine::name(state));
      path.append(path.empty() ? "" : " ").append(now);
      if (!last.empty()) {
        transitions.insert(std::string(last).append(" -> ").append(now));
      }
      last = now;
    }
  }

  PausedClock clock_;
  std::stop_source stop_;
  int edits_ = 0;
  engine::Change change_ = test::made_up_change();
  engine::Identity identity_ = test::made_up_identity();
};

// What a person is told.
std::string told(const Result<PushedChange>& outcome) {
  if (!outcome) {
    return outcome.error().message + " " + outcome.error().hint;
  }
  std::string text;
  for (const std::string& warning : outcome->warnings) {
    text += warning + "\n";
  }
  return text;
}

// Whatever the row: a change is said to be there only if it is, and the work tree is at it.
void expect_consistent(const PushRow& row, const Played& played) {
  const Result<PushedChange>& outcome = *played.outcome;
  if (!outcome || row.dry_run) {
    EXPECT_TRUE(played.work_tree.finished.empty());
    EXPECT_EQ(played.remote.releases, 0);
    return;
  }
  EXPECT_EQ(played.remote.releases, 1) << "before the work tree is updated";
  ASSERT_EQ(played.work_tree.finished.size(), 1U);
  const auto& [base, commit] = played.work_tree.finished.front();
  EXPECT_EQ(base, (engine::RemoteHead{outcome->branch, outcome->head}));
  EXPECT_EQ(commit, outcome->commit);
  EXPECT_EQ(outcome->commit.has_value(), outcome->changed);
  if (outcome->commit) {
    EXPECT_EQ(played.history.parent_of(*outcome->commit), outcome->head);
    EXPECT_EQ(played.history.tag_of(*outcome->commit), kTag);
    EXPECT_TRUE(
        played.history.contains(played.remote.head().commit, *outcome->commit, outcome->head));
    EXPECT_THAT(outcome->edits.front().diff, HasSubstr(std::string("+") + kTag));
  }
}

}  // namespace

std::set<std::string> play(const PushRow& row) {
  const Played played(row);
  const Result<PushedChange>& outcome = *played.outcome;
  const std::string result = !outcome           ? std::string(engine::name(outcome.error().code))
                             : outcome->changed ? "changed"
                                                : "unchanged";
  EXPECT_EQ(result, row.result) << told(outcome);
  EXPECT_THAT(told(outcome), HasSubstr(row.says));
  EXPECT_EQ(played.remote.pushes, row.pushed);
  EXPECT_EQ(played.remote.fetches, row.fetched);
  EXPECT_EQ(played.pauses(), row.pauses);
  if (outcome) {
    EXPECT_EQ(outcome->warnings.size(), row.warnings) << told(outcome);
    EXPECT_EQ(outcome->attempts, row.attempts < 0 ? row.pushed : row.attempts);
  }
  if (row.path[0] != '\0') {
    EXPECT_EQ(played.path, row.path);
  }
  expect_consistent(row, played);
  return played.transitions;
}

}  // namespace test
