// A cluster that says what a test sets; counts what it is asked.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/cluster/cluster.h"

namespace test {

class FakeCluster final : public engine::Cluster {
 public:
  using Kustomization = std::optional<engine::FluxKustomizationState>;
  using Source = std::optional<engine::FluxSourceState>;

  Kustomization kustomization_there;
  Source source_there;
  std::vector<engine::WorkloadState> workloads_there;
  // Answers every question in place of the above, if it has an error.
  std::optional<engine::Error> failure;
  // From that look on it answers nothing until the call is stopped; 0: never.
  int hangs_from_look = 0;
  // Called before each Kustomization is looked at, with the number of the look; may change all.
  std::function<void(int look)> before_look;

  // A Kustomization `apps` and its source that have come to that commit.
  void come_to(const std::string& commit) {
    const engine::FluxRevision revision = revision_of(commit);
    kustomization_there = engine::FluxKustomizationState{
        .object = {"Kustomization", "flux-system", "apps"},
        .source = {"GitRepository", "flux-system", "flux"},
        .applied = revision,
        .attempted = revision,
        .ready = engine::ReadyCondition{.status = engine::ReadyCondition::Status::yes}};
    source_there = engine::FluxSourceState{.object = {"GitRepository", "flux-system", "flux"},
                                           .artifact = revision};
  }
  // A Deployment `backend` that runs the image with that tag.
  void run(const std::string& image) {
    workloads_there = {{.object = {"Deployment", "apps", "backend"},
                        .images = {image},
                        .wanted = 2,
                        .updated = 2,
                        .ready = 2,
                        .is_settled = true}};
  }
  static engine::FluxRevision revision_of(const std::string& commit) {
    return {"main@sha1:" + commit, engine::CommitId::parse(commit)};
  }

  engine::Result<Kustomization> kustomization(const std::string&, const std::string&,
                                              const engine::CallContext& call) const override {
    ++looks_;
    if (before_look) {
      before_look(looks_);
    }
    return answer(kustomization_there, call);
  }
  engine::Result<Source> source(const engine::ObjectReference&,
                                const engine::CallContext& call) const override {
    return answer(source_there, call);
  }
  engine::Result<std::vector<engine::WorkloadState>> workloads(
      const std::string&, const std::string&, const engine::CallContext& call) const override {
    return answer(workloads_there, call);
  }

  int looks() const { return looks_; }  // at a Kustomization

 private:
  template <class T>
  engine::Result<T> answer(const T& there, const engine::CallContext& call) const {
    if (hangs_from_look != 0 && looks_ >= hangs_from_look) {
      while (!call.stop.stop_requested()) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      return engine::fail(engine::Code::cancelled, "Cancelled while asking the cluster.");
    }
    return failure ? engine::Result<T>(engine::Failure(*failure)) : engine::Result<T>(there);
  }

  mutable int looks_ = 0;
};

}  // namespace test
