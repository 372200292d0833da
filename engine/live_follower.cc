#include "engine/live_follower.h"

#include <algorithm>
#include <utility>

#include "engine/base/reader_word.h"
#include "engine/base/time_limit.h"
#include "engine/base/timed_stop.h"
#include "engine/status/judge.h"
#include "engine/text/text.h"

namespace engine {
namespace {

using std::chrono::milliseconds;

constexpr const char* kFluxNamespace = "flux-system";
constexpr milliseconds kFirstPause{500};
constexpr milliseconds kLongestPause{10'000};
// Without any answer of the cluster from the first look on.
constexpr int kMaxLooks = 3;

std::string shown_name(std::string_view name) {
  constexpr std::size_t kMaxShown = 200;
  return sanitize_line(name, kMaxShown);
}

milliseconds next_pause(milliseconds pause) {
  return std::min(pause + pause / 2, kLongestPause);
}

Error no_answer_within(std::chrono::seconds time) {
  return {
      Code::cluster_failed, "The cluster did not answer within " + in_seconds(time) + ".",
      "Check the network and the VPN, or wait longer with " + reader_label("waitSeconds") + "."};
}

std::string absent(const std::string& kind, const std::string& name_space,
                   const std::string& name) {
  return "the cluster has no " + kind + " " + shown_name(name) + " in the namespace " +
         shown_name(name_space);
}

// What the Kustomization gets its manifests from; or why that is not known.
void add_source(const LivePlace& place, StatusFacts& facts, ClusterLook& look) {
  const auto& kustomization = *facts.kustomization.answer;
  if (!kustomization) {
    facts.kustomization.problem =
        absent("Kustomization", place.kustomization_namespace.value_or(kFluxNamespace),
               place.kustomization.value_or(""));
    return;
  }
  const ObjectReference& source = kustomization->source;
  if (source.kind.empty() || source.name.empty()) {
    facts.source.problem = "Kustomization " + shown_name(kustomization->object.name) +
                           ", as the cluster has it, names no source";
    return;
  }
  facts.source = look.source(source);
  if (facts.source.answer && !*facts.source.answer) {
    facts.source.problem = absent(source.kind, source.name_space, source.name);
  }
}

bool is_over(const std::vector<LiveStatus>& all) {
  const bool has_one_failed = std::ranges::any_of(
      all, [](const LiveStatus& status) { return status.state == LiveState::failed; });
  return has_one_failed ||
         std::ranges::all_of(all, [](const LiveStatus& status) { return status.is_final; });
}

}  // namespace

std::vector<LiveStatus> LiveFollower::look(const CallContext& call) {
  return look_at_all(true, call);
}

std::vector<LiveStatus> LiveFollower::follow(std::chrono::seconds time, const CallContext& call) {
  const auto end = host_.clock.now() + time;
  // A look may take longer than is left.
  const auto limited = TimedStop::at_limit(time, call.stop);
  const CallContext in_time{limited.token(), call.progress};
  milliseconds pause = kFirstPause;
  std::vector<LiveStatus> seen;
  for (bool is_first = true;; is_first = false) {
    auto now = look_at_all(false, in_time);
    const bool was_ended = call.stop.stop_requested();
    if (!is_first && (was_ended || in_time.stop.stop_requested())) {
      return seen;
    }
    if (was_ended) {
      return without_cluster("the wait was ended before the cluster had answered");
    }
    if (in_time.stop.stop_requested() && looks_without_answer_ >= 0) {
      failure_ = no_answer_within(time);
      return without_cluster("the cluster had not answered within " + in_seconds(time));
    }
    report_changes(seen, now, call);
    seen = std::move(now);
    const auto left = std::chrono::duration_cast<milliseconds>(end - host_.clock.now());
    if (is_over(seen) || looks_without_answer_ >= kMaxLooks || left <= milliseconds::zero() ||
        !host_.clock.sleep(std::min(pause, left), in_time.stop)) {
      return seen;
    }
    pause = next_pause(pause);
  }
}

std::vector<LiveStatus> LiveFollower::look_at_all(bool is_only_look, const CallContext& call) {
  std::vector<LiveStatus> all;
  if (cluster_.cluster == nullptr) {
    return without_cluster(cluster_.why_not);
  }
  // All of the cluster first: others may use the clone meanwhile.
  ClusterLook look(*cluster_.cluster, call);
  std::vector<StatusFacts> facts;
  for (const LivePlace& place : places_) {
    facts.push_back(ask(place, look));
  }
  for (std::size_t i = 0; i < places_.size(); ++i) {
    add_revisions(i, facts[i], call);
    if (!is_only_look) {
      watch_failures(i, facts[i]);
    }
    all.push_back(judge(facts[i]));
  }
  revisions_.release();
  note_failure(look.failure());
  return all;
}

std::vector<LiveStatus> LiveFollower::without_cluster(const std::string& why) const {
  std::vector<LiveStatus> all;
  for (const LivePlace& place : places_) {
    all.push_back(judge_without_cluster(place.committed, why));
  }
  return all;
}

StatusFacts LiveFollower::ask(const LivePlace& place, ClusterLook& look) const {
  StatusFacts facts{.image = place.value.image, .committed = place.committed};
  if (place.committed.state != StageState::done) {
    return facts;
  }
  if (place.kustomization) {
    facts.kustomization = look.kustomization(place.kustomization_namespace.value_or(kFluxNamespace),
                                             *place.kustomization);
  } else {
    facts.no_kustomization = "the catalog does not say which Flux Kustomization applies it";
  }
  if (facts.kustomization.answer) {
    add_source(place, facts, look);
  }
  if (place.workload.name && place.workload.name_space) {
    facts.workloads = look.workloads(*place.workload.name_space, *place.workload.name);
    if (facts.workloads.answer && facts.workloads.answer->empty()) {
      facts.workloads.problem =
          absent("workload", *place.workload.name_space, *place.workload.name);
    }
  } else {
    facts.no_workload = place.workload.name ? "the catalog does not name the workload's namespace"
                                            : "the catalog does not name the service's workload";
  }
  return facts;
}

void LiveFollower::add_revisions(std::size_t number, StatusFacts& facts, const CallContext& call) {
  if (facts.kustomization.answer && *facts.kustomization.answer) {
    facts.applied = revision(number, (*facts.kustomization.answer)->applied, call);
    facts.attempted = revision(number, (*facts.kustomization.answer)->attempted, call);
  }
  if (facts.source.answer && *facts.source.answer) {
    facts.fetched = revision(number, (*facts.source.answer)->artifact, call);
  }
}

void LiveFollower::watch_failures(std::size_t number, StatusFacts& facts) {
  const auto& kustomization = facts.kustomization.answer;
  const auto& source = facts.source.answer;
  const auto& attempted = facts.attempted;
  const bool is_ours_tried = attempted && (attempted->kind == RevisionKind::ours ||
                                           attempted->kind == RevisionKind::later);
  if (!is_ours_tried) {
    // That another revision failed tells nothing of ours.
    watches_[number].kustomization = {};
  }
  facts.apply_failure_counts = is_ours_tried && kustomization && *kustomization &&
                               watches_[number].kustomization.has_failed_again(
                                   (*kustomization)->ready, (*kustomization)->attempted);
  facts.fetch_failure_counts =
      source && *source &&
      watches_[number].source.has_failed_again((*source)->ready, (*source)->artifact);
}

void LiveFollower::note_failure(std::optional<Error> failure) {
  if (failure && looks_without_answer_ >= 0) {
    ++looks_without_answer_;
    failure_ = std::move(failure);
  } else if (!failure) {
    looks_without_answer_ = -1;
    failure_.reset();
  }
}

std::optional<RevisionFacts> LiveFollower::revision(std::size_t number,
                                                    const std::optional<FluxRevision>& revision,
                                                    const CallContext& call) {
  return revision ? std::optional(revisions_.facts(number, places_[number], *revision, call))
                  : std::nullopt;
}

// "papi: applied: Kustomization apps has applied main@sha1:..."
void LiveFollower::report_changes(const std::vector<LiveStatus>& before,
                                  const std::vector<LiveStatus>& now,
                                  const CallContext& call) const {
  for (std::size_t i = 0; i < now.size(); ++i) {
    for (std::size_t stage = 0; stage < now[i].stages.size(); ++stage) {
      const Stage& there = now[i].stages[stage];
      if (before.empty() || before[i].stages[stage].state != there.state ||
          before[i].stages[stage].detail != there.detail) {
        call.report((places_.size() > 1 ? places_[i].label + ": " : std::string()) +
                    std::string(name(there.name)) + " " + std::string(name(there.state)) + ": " +
                    there.detail);
      }
    }
  }
}

}  // namespace engine
