// One question to a cluster, through the real kubectl, in a process of its own; prints what is
// found as JSON:
//   ask_cluster <rwenv, as in envs.json> kustomization|source:<kind>|workloads <namespace> <name>
#include <iostream>
#include <string>

#include "engine/cluster/kubectl_cluster.h"
#include "json/json.h"
#include "json/parse.h"
#include "tests/support/real_host.h"

namespace {

Json shown(const std::optional<engine::FluxRevision>& revision) {
  if (!revision) {
    return nullptr;
  }
  return {{"text", revision->text},
          {"commit", revision->commit ? Json(revision->commit->text()) : Json()}};
}

Json shown(const std::optional<engine::ReadyCondition>& ready) {
  return ready ? Json(ready->reason + ": " + ready->message) : Json();
}

Json shown(const engine::FluxKustomizationState& state) {
  return {{"source", state.source.kind + " " + state.source.name_space + "/" + state.source.name},
          {"suspended", state.is_suspended},
          {"applied", shown(state.applied)},
          {"attempted", shown(state.attempted)},
          {"ready", shown(state.ready)}};
}

Json shown(const engine::FluxSourceState& state) {
  return {{"suspended", state.is_suspended},
          {"artifact", shown(state.artifact)},
          {"ready", shown(state.ready)}};
}

Json shown(const engine::WorkloadState& state) {
  return {{"kind", state.object.kind},  {"images", state.images},
          {"wanted", state.wanted},     {"updated", state.updated},
          {"ready", state.ready},       {"settled", state.is_settled},
          {"failed", state.has_failed}, {"trouble", state.trouble ? Json(*state.trouble) : Json()}};
}

template <class State>
Json shown(const std::optional<State>& state) {
  return state ? shown(*state) : Json();
}

Json shown(const std::vector<engine::WorkloadState>& states) {
  Json out = Json::array();
  for (const engine::WorkloadState& state : states) {
    out.push_back(shown(state));
  }
  return out;
}

// What is printed: the state, or the refusal.
template <class State>
int print(const engine::Result<State>& state) {
  if (!state) {
    std::cout << json::dump(Json{{"code", engine::name(state.error().code)},
                                 {"message", state.error().message},
                                 {"hint", state.error().hint}})
              << "\n";
    return 1;
  }
  std::cout << json::dump(shown(*state)) << "\n";
  return 0;
}

int ask(const engine::Cluster& cluster, const std::string& what, const std::string& name_space,
        const std::string& name) {
  if (what == "kustomization") {
    return print(cluster.kustomization(name_space, name, {}));
  }
  if (what == "workloads") {
    return print(cluster.workloads(name_space, name, {}));
  }
  const std::string kind = what.substr(what.find(':') + 1);
  return print(cluster.source({kind, name_space, name}, {}));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 5) {
    std::cerr << "usage: ask_cluster <rwenv> kustomization|source:<kind>|workloads <namespace> "
                 "<name>\n";
    return 2;
  }
  test::RealHost process;
  const engine::Host& host = process.host;
  const auto rwenv = engine::parse_rwenv(R"({"rwenvs": {"dev": )" + std::string(argv[1]) + "}}",
                                         "envs.json", "dev");
  if (!rwenv) {
    std::cerr << rwenv.error().message << "\n";
    return 2;
  }
  const auto cluster = engine::cluster_of(host, *rwenv);
  if (!cluster || !*cluster) {
    std::cerr << (cluster ? "no cluster" : cluster.error().message) << "\n";
    return 2;
  }
  return ask(**cluster, argv[2], argv[3], argv[4]);
}
