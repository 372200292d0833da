// What is read from the cluster's answers: tests/data/cluster has one in each file, and what it
// means.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/cluster/flux_objects.h"
#include "engine/cluster/flux_revision.h"
#include "engine/cluster/pod_trouble.h"
#include "engine/cluster/workload.h"
#include "json/json.h"
#include "json/parse.h"

namespace {

namespace fs = std::filesystem;

struct Case {
  std::string name;
  Json content;
};

std::vector<Case> cases_of(const std::string& directory) {
  std::vector<Case> cases;
  for (const auto& entry : fs::directory_iterator(fs::path(TEST_DATA) / "cluster" / directory)) {
    std::ifstream file(entry.path());
    std::stringstream text;
    text << file.rdbuf();
    auto content = json::parse(text.str());
    EXPECT_TRUE(content) << entry.path();
    cases.push_back({entry.path().filename().string(), std::move(*content)});
  }
  return cases;
}

Json revision(const engine::FluxRevision& revision) {
  Json out = {{"text", revision.text}};
  if (revision.commit) {
    out["commit"] = revision.commit->text();
  }
  return out;
}

// What there is of both kinds of Flux's objects.
template <class State>
Json common(const State& state) {
  using Status = engine::ReadyCondition::Status;
  Json out = Json::object();
  if (state.is_suspended) {
    out["suspended"] = true;
  }
  if (state.ready) {
    out["ready"] = {{"status", state.ready->status == Status::yes  ? "yes"
                               : state.ready->status == Status::no ? "no"
                                                                   : "unknown"},
                    {"reason", state.ready->reason},
                    {"message", state.ready->message},
                    {"latest", state.ready->is_of_latest_generation}};
    if (state.ready->since) {
      out["ready"]["since"] = *state.ready->since;
    }
  }
  return out;
}

Json shown(const engine::FluxKustomizationState& state) {
  Json out = common(state);
  out["source"] = {{"kind", state.source.kind},
                   {"namespace", state.source.name_space},
                   {"name", state.source.name}};
  if (state.applied) {
    out["applied"] = revision(*state.applied);
  }
  if (state.attempted) {
    out["attempted"] = revision(*state.attempted);
  }
  return out;
}

Json shown(const engine::FluxSourceState& state) {
  Json out = common(state);
  if (state.artifact) {
    out["artifact"] = revision(*state.artifact);
  }
  if (state.fetched_at) {
    out["fetchedAt"] = *state.fetched_at;
  }
  return out;
}

Json shown(const engine::FoundWorkload& workload) {
  const engine::WorkloadState& state = workload.state;
  Json out = {{"images", state.images},
              {"wanted", state.wanted},
              {"updated", state.updated},
              {"ready", state.ready},
              {"settled", state.is_settled},
              {"failed", state.has_failed},
              {"selector", workload.pods.selector}};
  if (state.trouble) {
    out["trouble"] = *state.trouble;
  }
  if (!workload.pods.revision.empty()) {
    out["revision"] = workload.pods.revision;
  }
  if (workload.template_of) {
    out["templateOf"] = *workload.template_of;
  }
  return out;
}

engine::WorkloadKind kind_of(const Json& name) {
  for (const engine::WorkloadKind kind : engine::workload_kinds()) {
    if (name == engine::name(kind)) {
      return kind;
    }
  }
  ADD_FAILURE() << name;
  return engine::WorkloadKind::deployment;
}

TEST(ClusterAnswers, OfKustomizations) {
  const auto cases = cases_of("kustomizations");
  EXPECT_GE(cases.size(), 8U);
  for (const auto& [name, content] : cases) {
    const auto state = engine::read_flux_kustomization(content.at("answer"),
                                                       {"Kustomization", "flux-system", "apps"});
    EXPECT_EQ(shown(state), content.at("expected")) << name;
    EXPECT_EQ(state.object.name, "apps");
  }
}

TEST(ClusterAnswers, OfSources) {
  const auto cases = cases_of("sources");
  EXPECT_GE(cases.size(), 6U);
  for (const auto& [name, content] : cases) {
    const auto state =
        engine::read_flux_source(content.at("answer"), {content.at("kind"), "flux-system", "apps"});
    EXPECT_EQ(shown(state), content.at("expected")) << name;
  }
}

TEST(ClusterAnswers, OfWorkloads) {
  const auto cases = cases_of("workloads");
  EXPECT_GE(cases.size(), 25U);
  for (const auto& [name, content] : cases) {
    const auto workload =
        engine::read_workload(content.at("answer"), kind_of(content.at("kind")), "backend", "papi");
    EXPECT_EQ(shown(workload), content.at("expected")) << name;
    EXPECT_EQ(workload.state.object.kind, content.at("kind").get<std::string>());
    EXPECT_FALSE(workload.state.is_settled && workload.state.ready < workload.state.wanted) << name;
  }
}

TEST(ClusterAnswers, OfPods) {
  const Json pod_template = {
      {"spec",
       {{"initContainers", {{{"name", "migrate"}, {"image", "ghcr.io/acme/migrate:1"}}}},
        {"containers",
         {{{"name", "main"}, {"image", "ghcr.io/acme/papi:pr-42-a1b2c3d"}},
          {{"name", "proxy"}, {"image", "envoy:1"}}}}}}};
  const auto cases = cases_of("pods");
  EXPECT_GE(cases.size(), 19U);
  for (const auto& [name, content] : cases) {
    const Json object = {
        {"spec", {{"selector", {{"matchLabels", {{"app", "papi"}}}}}, {"template", pod_template}}},
        {"status", content.at("workload").value("status", Json::object())}};
    const auto workload =
        engine::read_workload(object, kind_of(content.at("kind")), "backend", "papi");
    const auto trouble = engine::trouble_of_pods(content.at("answer"), workload.pods);
    EXPECT_EQ(trouble.value_or(""), content.value("trouble", "")) << name;
  }
}

TEST(ClusterAnswers, ATemplateOfADeploymentIsTakenFromIt) {
  Json rollout;
  Json deployment;
  for (const auto& [name, content] : cases_of("workloads")) {
    if (name == "rollout_of_a_deployment.json") {
      rollout = content.at("answer");
    } else if (name == "deployment_done.json") {
      deployment = content.at("answer");
    }
  }
  rollout["spec"].erase("selector");
  auto workload =
      engine::read_workload(rollout, engine::WorkloadKind::rollout, "backend", "papi-rollout");
  EXPECT_TRUE(workload.state.images.empty());
  engine::take_template(workload, deployment);
  EXPECT_EQ(workload.state.images.at(1), "ghcr.io/acme/papi:pr-42-a1b2c3d");
  EXPECT_EQ(workload.pods.selector, "app=papi");
  EXPECT_EQ(workload.pods.owner_name, "papi-rollout-");
}

constexpr const char* kCommit = "0f1e2d3c4b5a69788796a5b4c3d2e1f001234567";

TEST(FluxRevision, OfGitHasItsCommitInAnyForm) {
  const std::string commit = kCommit;
  for (const std::string& text :
       {"main@sha1:" + commit, "sha1:" + commit, "main/" + commit, commit,
        "feature/x@sha1:" + commit, "feature/x/" + commit, "refs/heads/main@sha1:" + commit,
        "refs/pull/7/head@sha1:" + commit, "v1.2.3@sha1:" + commit, "a@b@sha1:" + commit}) {
    const auto revision = engine::git_revision(text);
    ASSERT_TRUE(revision.commit) << text;
    EXPECT_EQ(revision.commit->text(), commit) << text;
    EXPECT_EQ(revision.text, text);
  }
  const std::string longer = commit + std::string(24, 'a');
  for (const std::string& text : {"main@sha256:" + longer, longer}) {
    ASSERT_TRUE(engine::git_revision(text).commit) << text;
    EXPECT_EQ(engine::git_revision(text).commit->text(), longer);
  }
}

TEST(FluxRevision, OfAnotherFormHasNone) {
  const std::string commit = kCommit;
  for (const std::string& text :
       {std::string(), std::string("main"), "main@sha1:" + commit.substr(1),
        "main@sha1:" + commit + "0", "main@sha256:" + commit, "main@md5:" + commit,
        "main@sha1:" + std::string(40, 'G'), "main@" + commit}) {
    EXPECT_FALSE(engine::git_revision(text).commit) << text;
  }
  EXPECT_FALSE(engine::artifact_revision("latest@sha256:" + commit + std::string(24, 'a')).commit);
  EXPECT_TRUE(engine::artifact_revision("latest", "main@sha1:" + commit).commit);
}

}  // namespace
