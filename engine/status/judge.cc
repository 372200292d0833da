#include "engine/status/judge.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "engine/status/running.h"

namespace engine {
namespace {

// What Flux's controllers give as the reason of a Ready that is false while nothing has failed yet.
constexpr std::array<std::string_view, 3> kNotFailed = {"DependencyNotReady", "Progressing",
                                                        "ProgressingWithRetry"};

std::string message_of(const ReadyCondition& ready) {
  return ready.reason + (ready.message.empty() ? "" : ": " + ready.message);
}

Stage unknown(StageName name, std::string why) {
  return {.name = name, .state = StageState::unknown, .detail = std::move(why)};
}

// One judgement; all of it is about the same facts.
class Judge {
 public:
  explicit Judge(const StatusFacts& facts) : facts_(facts) {}

  LiveStatus run() {
    Stage fetched = judge_fetched();
    Stage applied = judge_applied();
    Stage running = judge_running_stage(applied);
    LiveStatus status;
    decide(fetched, applied, running, status);
    status.stages = {facts_.committed, std::move(fetched), std::move(applied), std::move(running)};
    return status;
  }

 private:
  const FluxKustomizationState* kustomization() const {
    const auto& answer = facts_.kustomization.answer;
    return answer && *answer ? &**answer : nullptr;
  }
  const FluxSourceState* source() const {
    const auto& answer = facts_.source.answer;
    return answer && *answer ? &**answer : nullptr;
  }

  // Why nothing is known of the Kustomization; empty if something is.
  std::string no_kustomization() const {
    if (!facts_.no_kustomization.empty()) {
      return facts_.no_kustomization;
    }
    if (kustomization() != nullptr) {
      return {};
    }
    const std::string& problem = facts_.kustomization.problem;
    return problem.empty() ? "the cluster has no such Kustomization" : problem;
  }

  Stage judge_fetched() const {
    Stage stage{.name = StageName::fetched};
    if (const std::string why = no_kustomization(); !why.empty()) {
      return unknown(stage.name, why);
    }
    const FluxSourceState* const there = source();
    if (there == nullptr) {
      const std::string& problem = facts_.source.problem;
      return unknown(stage.name, problem.empty() ? "the cluster has no such source" : problem);
    }
    const std::string called = there->object.kind + " " + there->object.name;
    const RevisionKind kind = facts_.fetched ? facts_.fetched->kind : RevisionKind::without_it;
    stage.since = there->fetched_at;
    if (there->artifact && kind == RevisionKind::unknown) {
      stage.detail = called + " has " + there->artifact->text + ": " + facts_.fetched->detail;
      return stage;
    }
    if (kind == RevisionKind::ours || kind == RevisionKind::later) {
      stage.state = StageState::done;
      stage.detail = called + " has " + there->artifact->text;
      return stage;
    }
    const bool is_failing = has_failed(there->ready);
    stage.state =
        is_failing && facts_.fetch_failure_counts ? StageState::failed : StageState::waiting;
    stage.detail = called + " has " + (there->artifact ? there->artifact->text : "nothing yet") +
                   (is_failing            ? "; " + message_of(*there->ready)
                    : there->is_suspended ? "; it is suspended"
                                          : "");
    return stage;
  }

  Stage judge_applied() const {
    Stage stage{.name = StageName::applied};
    if (const std::string why = no_kustomization(); !why.empty()) {
      return unknown(stage.name, why);
    }
    const FluxKustomizationState& there = *kustomization();
    const std::string called = "Kustomization " + there.object.name;
    const std::string revision = there.applied ? there.applied->text : "nothing yet";
    const RevisionKind kind = facts_.applied ? facts_.applied->kind : RevisionKind::without_it;
    stage.since = there.ready ? there.ready->since : std::nullopt;
    stage.detail = called + " has applied " + revision;
    switch (kind) {
      case RevisionKind::ours:
        stage.state = StageState::done;
        return stage;
      case RevisionKind::later:
        stage.state = StageState::waiting;
        stage.detail += ", which has " + facts_.applied->detail + " there";
        return stage;
      case RevisionKind::unknown:
        stage.detail += ": " + facts_.applied->detail;
        return stage;
      case RevisionKind::without_it:
        break;
    }
    // A failure is ours only if what failed has our value.
    const bool is_tried = facts_.attempted && (facts_.attempted->kind == RevisionKind::ours ||
                                               facts_.attempted->kind == RevisionKind::later);
    const bool is_failing = is_tried && has_failed(there.ready);
    stage.state =
        is_failing && facts_.apply_failure_counts ? StageState::failed : StageState::waiting;
    if (there.ready && there.ready->is_of_latest_generation &&
        there.ready->status == ReadyCondition::Status::no) {
      stage.detail += "; " + message_of(*there.ready);
    } else if (there.is_suspended) {
      stage.detail += "; it is suspended";
    }
    return stage;
  }

  Stage judge_running_stage(const Stage& applied) const {
    if (!facts_.no_workload.empty()) {
      return unknown(StageName::running, facts_.no_workload);
    }
    if (!facts_.workloads.answer) {
      return unknown(StageName::running, facts_.workloads.problem);
    }
    if (facts_.workloads.answer->empty() && !facts_.workloads.problem.empty()) {
      return unknown(StageName::running, facts_.workloads.problem);
    }
    Stage stage = judge_running(facts_.image, *facts_.workloads.answer);
    // The same tag may run there since an earlier time.
    if (applied.state == StageState::waiting && stage.state == StageState::failed) {
      stage.state = StageState::waiting;
    }
    return stage;
  }

  bool is_suspended(const Stage& fetched) const {
    const bool is_kept = kustomization() != nullptr && kustomization()->is_suspended;
    const bool is_source_kept = source() != nullptr && source()->is_suspended;
    return is_kept || (is_source_kept && fetched.state != StageState::done);
  }

  bool is_superseded(const Stage& applied) const {
    if (facts_.applied && facts_.applied->kind == RevisionKind::later) {
      return true;
    }
    return applied.state != StageState::done && applied.state != StageState::unknown &&
           facts_.fetched && facts_.fetched->kind == RevisionKind::later;
  }

  bool is_later_under_way() const {
    return facts_.attempted && facts_.attempted->kind == RevisionKind::later;
  }

  void decide(const Stage& fetched, const Stage& applied, const Stage& running,
              LiveStatus& status) const {
    const auto say = [&](LiveState state, StageName at, bool is_final = false) {
      status.state = state;
      status.at = at;
      status.is_final = is_final;
    };
    if (facts_.committed.state != StageState::done) {
      const bool is_open = facts_.committed.state == StageState::waiting;
      return say(is_open ? LiveState::pending : LiveState::unknown, StageName::committed, true);
    }
    if (is_superseded(applied)) {
      return say(LiveState::superseded, StageName::applied, true);
    }
    if (applied.state == StageState::done) {
      const bool is_replaced = running.state != StageState::done && is_later_under_way();
      return is_replaced ? say(LiveState::superseded, StageName::applied, true)
                         : say_running(running, say);
    }
    const bool is_unknown_for_good = !facts_.no_kustomization.empty();
    if (applied.state == StageState::failed) {
      return say(LiveState::failed, StageName::applied, true);
    }
    if (applied.state == StageState::unknown) {
      return say(LiveState::unknown, StageName::applied, is_unknown_for_good);
    }
    if (is_suspended(fetched)) {
      const bool at_source = fetched.state != StageState::done && !kustomization()->is_suspended;
      return say(LiveState::suspended, at_source ? StageName::fetched : StageName::applied);
    }
    if (fetched.state == StageState::failed) {
      return say(LiveState::failed, StageName::fetched, true);
    }
    say(LiveState::pending,
        fetched.state == StageState::waiting ? StageName::fetched : StageName::applied);
  }

  template <class Say>
  void say_running(const Stage& running, const Say& say) const {
    switch (running.state) {
      case StageState::done:
        return say(LiveState::live, StageName::running, true);
      case StageState::failed:
        return say(LiveState::failed, StageName::running, true);
      case StageState::waiting:
        return say(LiveState::pending, StageName::running);
      case StageState::unknown:
        return say(LiveState::unknown, StageName::running, !facts_.no_workload.empty());
    }
  }

  const StatusFacts& facts_;
};

}  // namespace

LiveStatus judge(const StatusFacts& facts) {
  return facts.no_cluster.empty() ? Judge(facts).run()
                                  : judge_without_cluster(facts.committed, facts.no_cluster);
}

LiveStatus judge_without_cluster(Stage committed, const std::string& why) {
  LiveStatus status;
  status.state = LiveState::unknown;
  const bool is_done = committed.state == StageState::done;
  if (committed.state == StageState::waiting) {
    status.state = LiveState::pending;
  }
  status.at = is_done ? StageName::applied : StageName::committed;
  status.is_final = true;
  status.stages = {std::move(committed), unknown(StageName::fetched, why),
                   unknown(StageName::applied, why), unknown(StageName::running, why)};
  return status;
}

bool has_failed(const std::optional<ReadyCondition>& ready) {
  return ready && ready->is_of_latest_generation && ready->status == ReadyCondition::Status::no &&
         std::ranges::find(kNotFailed, ready->reason) == kNotFailed.end();
}

}  // namespace engine
