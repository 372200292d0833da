// What is asked of kubectl, and what its failures mean; kubectl is scripted here, tests/remotes
// has the real one.
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/cluster/kubectl_cluster.h"
#include "tests/support/engine_host.h"

namespace {

using engine::ApiPath;
using engine::Code;
using engine::ProcessResult;
using test::exited;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr const char* kNoKind =
    "Error from server (NotFound): the server could not find the requested resource\n";
constexpr const char* kForbidden =
    "Error from server (Forbidden): pods is forbidden: User \"dana\" cannot list resource "
    "\"pods\" in API group \"\" in the namespace \"backend\"\n";

std::string not_found(const std::string& what) {
  return "Error from server (NotFound): " + what + " not found\n";
}

TEST(ApiPath, IsOfNamesAlone) {
  const auto path = ApiPath::of_object({"apps/v1", "deployments"}, "backend", "papi.v2-x");
  ASSERT_TRUE(path);
  EXPECT_EQ(path->text(), "/apis/apps/v1/namespaces/backend/deployments/papi.v2-x");
  for (const char* name : {"", ".", "..", "a/b", "../x", "a..b", "-a", "a-", "A", "a%2fb", "a?b",
                           "a b", "a\n", "é", "a.", ".a", "a_b"}) {
    EXPECT_FALSE(ApiPath::of_object({"apps/v1", "deployments"}, "backend", name)) << name;
    EXPECT_FALSE(ApiPath::of_object({"apps/v1", "deployments"}, name, "papi")) << name;
    EXPECT_FALSE(ApiPath::of_pods(name, "app=papi")) << name;
  }
  EXPECT_FALSE(ApiPath::of_object({"apps/v1", "deployments"}, "a.b", "papi"));
  EXPECT_TRUE(engine::is_name_space(std::string(63, 'a')));
  EXPECT_FALSE(engine::is_name_space(std::string(64, 'a')));
  EXPECT_TRUE(engine::is_object_name(std::string(253, 'a')));
  EXPECT_FALSE(engine::is_object_name(std::string(254, 'a')));
}

TEST(ApiPath, EncodesWhatComesFromTheCluster) {
  EXPECT_EQ(
      ApiPath::of_pods("backend", "a/b=c,d in (e,f)")->text(),
      "/api/v1/namespaces/backend/pods?labelSelector=a%2Fb%3Dc%2Cd%20in%20%28e%2Cf%29&limit=25");
  EXPECT_THAT(ApiPath::of_pods("backend", "a=b", "x&limit=9#\n")->text(),
              HasSubstr("&limit=25&continue=x%26limit%3D9%23%0A"));
  EXPECT_FALSE(ApiPath::of_pods("backend", ""));
  EXPECT_FALSE(ApiPath::of_pods("backend", std::string(5000, 'a')));
}

class KubectlCluster : public testing::Test {
 protected:
  KubectlCluster() { rwenv_.kubernetes_context = "debug"; }

  std::unique_ptr<engine::KubectlCluster> cluster() {
    host_.emplace(machine_.host());
    auto made = engine::cluster_of(*host_, rwenv_);
    EXPECT_TRUE(made) << made.error().message;
    return std::move(*made);
  }
  void answers(const std::string& path, const std::string& json) {
    machine_.runner.on("get --raw " + path, exited(0, json));
  }
  void fails(const std::string& path, const std::string& words) {
    machine_.runner.on("get --raw " + path, exited(1, "", words));
  }
  // Neither kind of workload is there.
  void no_workloads() {
    fails("/apis/apps/v1/namespaces/backend/", not_found("it"));
    fails("/apis/argoproj.io/", kNoKind);
  }

  test::EngineHost machine_;
  engine::Rwenv rwenv_{.name = "dev",
                       .flux_git_repo = {},
                       .flux_path = {},
                       .kubernetes_context = {},
                       .description = {}};
  std::optional<engine::Host> host_;
};

constexpr const char* kDeployments = "/apis/apps/v1/namespaces/backend/deployments/papi";
constexpr const char* kPods = "/api/v1/namespaces/backend/pods";
constexpr const char* kWaiting = R"({"metadata": {"generation": 1}, "spec": {"replicas": 1,
    "selector": {"matchLabels": {"app": "papi"}},
    "template": {"spec": {"containers": [{"name": "main", "image": "papi:1"}]}}},
    "status": {"observedGeneration": 1}})";
constexpr const char* kPod = R"({"metadata": {"ownerReferences": [{"controller": true,
    "kind": "ReplicaSet", "name": "papi-7d9c"}]},
    "spec": {"containers": [{"name": "main", "image": "papi:1"}]},
    "status": {"containerStatuses": [{"name": "main", "image": "papi:1",
      "state": {"waiting": {"reason": "ImagePullBackOff"}}}]}})";

TEST_F(KubectlCluster, IsOnlyThatOfARwenvThatNamesOne) {
  rwenv_.kubernetes_context = std::nullopt;
  EXPECT_EQ(cluster(), nullptr);
  rwenv_.kubernetes_context = "";
  EXPECT_EQ(cluster(), nullptr);
}

TEST_F(KubectlCluster, IsAskedInTheContextOfTheRwenv) {
  answers("/version", R"({"gitVersion": "v1.29.3"})");
  EXPECT_EQ(cluster()->version({}).value(), "v1.29.3");
  rwenv_.kubeconfig_path = "/home/dana/.kube/debug";
  EXPECT_TRUE(cluster()->version({}));
  rwenv_.kubeconfig_path = "~/.kube/debug";
  EXPECT_TRUE(cluster()->version({}));
  rwenv_.kubeconfig_path = "/root/config";
  rwenv_.dev_container = "tools";
  EXPECT_TRUE(cluster()->version({}));
  EXPECT_THAT(
      machine_.runner.lines(),
      ElementsAre("kubectl --context debug --request-timeout 15s get --raw /version",
                  "kubectl --context debug --kubeconfig /home/dana/.kube/debug --request-timeout "
                  "15s get --raw /version",
                  "kubectl --context debug --kubeconfig " + machine_.home() +
                      "/.kube/debug --request-timeout 15s get --raw /version",
                  "docker exec -i tools kubectl --context debug --kubeconfig /root/config "
                  "--request-timeout 15s get --raw /version"));
  EXPECT_EQ(machine_.runner.limit_of("docker"), std::chrono::seconds(30));
}

TEST_F(KubectlCluster, IsNotAskedWithAPathThatDependsOnADirectory) {
  for (const bool in_container : {false, true}) {
    rwenv_.dev_container = in_container ? std::optional<std::string>("tools") : std::nullopt;
    rwenv_.kubeconfig_path = in_container ? "~/config" : "kube/config";
    const engine::Host host = machine_.host();
    const auto made = engine::cluster_of(host, rwenv_);
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Code::bad_config);
    EXPECT_THAT(made.error().message, HasSubstr("kubeconfigPath"));
  }
}

TEST_F(KubectlCluster, KeepsToAShorterTimeLimit) {
  answers("/version", "{}");
  host_.emplace(machine_.host());
  host_->time_limit = std::chrono::milliseconds(2500);
  EXPECT_EQ((*engine::cluster_of(*host_, rwenv_))->version({}).value(), "");
  EXPECT_THAT(machine_.runner.lines().front(), HasSubstr("--request-timeout 2s"));
  EXPECT_EQ(machine_.runner.limit_of("/version"), std::chrono::milliseconds(2500));
}

TEST_F(KubectlCluster, AsksForTheVersionsOfFluxUntilOneIsKnown) {
  fails("/apis/kustomize.toolkit.fluxcd.io/v1/", kNoKind);
  answers("/apis/kustomize.toolkit.fluxcd.io/v1beta2/", R"({"spec": {"suspend": true}})");
  const auto state = cluster()->kustomization("flux-system", "apps", {});
  ASSERT_TRUE(state && *state);
  EXPECT_TRUE((*state)->is_suspended);
  EXPECT_EQ((*state)->object.kind, "Kustomization");
  EXPECT_THAT(machine_.runner.lines(), SizeIs(2));
}

TEST_F(KubectlCluster, AVersionThatIsKnownSaysThatThereIsNone) {
  fails("/apis/kustomize", not_found("kustomizations.kustomize.toolkit.fluxcd.io \"apps\""));
  EXPECT_FALSE(cluster()->kustomization("flux-system", "apps", {}).value());
  EXPECT_THAT(machine_.runner.lines(), SizeIs(1));
  fails("/apis/kustomize", kNoKind);
  const auto unknown = cluster()->kustomization("flux-system", "apps", {});
  ASSERT_FALSE(unknown) << "the object may well be there";
  EXPECT_EQ(unknown.error().code, Code::cluster_failed);
  EXPECT_THAT(unknown.error().message,
              HasSubstr("knows no kustomizations of kustomize.toolkit.fluxcd.io/v1, "));
  EXPECT_THAT(machine_.runner.lines(), SizeIs(4));
}

TEST_F(KubectlCluster, IsNotAskedForWhatCannotBeThere) {
  EXPECT_FALSE(cluster()->kustomization("flux-system", "../../secrets/x", {}).value());
  EXPECT_FALSE(cluster()->source({"GitRepository", "a/b", "x"}, {}).value());
  EXPECT_THAT(cluster()->workloads("backend", "papi?x", {}).value(), IsEmpty());
  const auto bucket = cluster()->source({"Bucket", "flux-system", "files"}, {});
  ASSERT_TRUE(bucket && *bucket);
  EXPECT_EQ((*bucket)->object.name, "files");
  EXPECT_FALSE((*bucket)->artifact);
  EXPECT_THAT(machine_.runner.lines(), IsEmpty());
}

TEST_F(KubectlCluster, FindsAWorkloadOfEachKind) {
  no_workloads();
  EXPECT_THAT(cluster()->workloads("backend", "papi", {}).value(), IsEmpty());
  answers("/apis/apps/v1/namespaces/backend/statefulsets/papi", "{}");
  answers("/apis/argoproj.io/v1alpha1/namespaces/backend/rollouts/papi", "{}");
  const auto found = cluster()->workloads("backend", "papi", {}).value();
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].object.kind, "StatefulSet");
  EXPECT_EQ(found[1].object.kind, "Rollout");
}

TEST_F(KubectlCluster, LooksAtThePodsOfWhatIsNotSettled) {
  no_workloads();
  answers(kDeployments, kWaiting);
  answers(kPods, R"({"metadata": {"continue": "next=1"}, "items": [{}]})");
  answers(std::string(kPods) + "?labelSelector=app%3Dpapi&limit=25&continue=next%3D1",
          std::string(R"({"items": [)") + kPod + "]}");
  const auto found = cluster()->workloads("backend", "papi", {}).value();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].trouble, "ImagePullBackOff: papi:1");
}

TEST_F(KubectlCluster, AsksForAnEndOfThePages) {
  no_workloads();
  answers(kDeployments, kWaiting);
  answers(kPods, R"({"metadata": {"continue": "again"}, "items": []})");
  EXPECT_FALSE(cluster()->workloads("backend", "papi", {}).value().at(0).trouble);
  EXPECT_THAT(machine_.runner.lines(), SizeIs(4 + 20));
}

TEST_F(KubectlCluster, PodsThatMayNotBeReadSpoilNothing) {
  no_workloads();
  answers(kDeployments, kWaiting);
  for (const std::string& words : {std::string(kForbidden), std::string("no route to host")}) {
    fails(kPods, words);
    const auto found = cluster()->workloads("backend", "papi", {}).value();
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_FALSE(found[0].trouble);
    EXPECT_EQ(found[0].wanted, 1);
  }
}

TEST_F(KubectlCluster, AKindThatMayNotBeReadCountsOnlyWhereThereIsNoOther) {
  no_workloads();
  fails("/apis/argoproj.io/", kForbidden);
  const auto none = cluster()->workloads("backend", "papi", {});
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Code::cluster_failed);
  EXPECT_THAT(none.error().message, HasSubstr("pods is forbidden: User"));
  EXPECT_EQ(none.error().hint, "Ask for the right to read it.");
  answers("/apis/apps/v1/namespaces/backend/daemonsets/papi", "{}");
  EXPECT_THAT(cluster()->workloads("backend", "papi", {}).value(), SizeIs(1));
  // Anything else may hide a workload that still runs another image.
  fails("/apis/argoproj.io/", "Unable to connect to the server: EOF");
  EXPECT_FALSE(cluster()->workloads("backend", "papi", {}));
}

TEST_F(KubectlCluster, TakesTheTemplateOfARolloutFromItsDeployment) {
  no_workloads();
  answers("/apis/argoproj.io/v1alpha1/namespaces/backend/rollouts/papi-r",
          R"({"spec": {"workloadRef": {"kind": "Deployment", "name": "papi"}}})");
  answers(kDeployments, kWaiting);
  fails(std::string(kDeployments) + "-r", not_found("it"));
  answers(kPods, "{}");
  const auto found = cluster()->workloads("backend", "papi-r", {}).value();
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_THAT(found[0].images, ElementsAre("papi:1"));
}

TEST_F(KubectlCluster, AnAnswerThatIsNoneIsAFailure) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"<html>", "The cluster's answer cannot be read: "},
      {"[1]", "The cluster's answer cannot be read: it is not an object."},
      {"", "The cluster's answer cannot be read: "},
      {std::string(std::size_t{4} << 20U, ' '), "it is larger than 4 MiB."},
  };
  for (const auto& [answer, message] : cases) {
    answers("/version", answer);
    const auto version = cluster()->version({});
    ASSERT_FALSE(version) << answer.substr(0, 10);
    EXPECT_EQ(version.error().code, Code::cluster_failed);
    EXPECT_THAT(version.error().message, HasSubstr(message));
  }
}

struct FailureCase {
  ProcessResult completion;
  Code code;
  std::string message;
  std::string hint;
};

TEST_F(KubectlCluster, FailuresOfKubectlAreToldApart) {
  const std::vector<FailureCase> cases = {
      {{.kind = ProcessResult::Kind::not_found},
       Code::kubectl_missing,
       "`kubectl` is not installed: it is not on PATH.",
       "Install it with"},
      {{.kind = ProcessResult::Kind::timed_out},
       Code::cluster_failed,
       "`kubectl` did not answer within 30 s.",
       "log in once by hand"},
      {{.kind = ProcessResult::Kind::cancelled},
       Code::cancelled,
       "Cancelled while asking the cluster.",
       ""},
      {exited(1, "", "error: context \"debug\" does not exist\n"), Code::cluster_failed,
       "`kubectl` failed: error: context \"debug\" does not exist", "kubernetesContext"},
      {exited(1, "", "error: stat /nope: no such file or directory\n"), Code::cluster_failed,
       "`kubectl` failed: error: stat /nope: no such file or directory", "kubeconfigPath"},
      {exited(1, "", "error: You must be logged in to the server (Unauthorized)\n"),
       Code::cluster_failed,
       "`kubectl` failed: error: You must be logged in to the server (Unauthorized)",
       "run `kubectl --context debug version`"},
      {exited(1, "",
              "E1129 22:15:03.123456   77 memcache.go:265] couldn't get current server API\n"
              "Warning: this is old\nThe connection to the server 127.0.0.1:1 was refused - did "
              "you specify the right host or port?\n"),
       Code::cluster_failed,
       "`kubectl` failed: The connection to the server 127.0.0.1:1 was refused - did you specify "
       "the right host or port?",
       "Check the network, the VPN"},
      {exited(1, "", "W1129 22:15:03.1 7 only.go:1] this\n"), Code::cluster_failed,
       "`kubectl` failed: W1129 22:15:03.1 7 only.go:1] this", ""},
      {exited(1, "", "token=hunter2secret at https://u:hunter2secret@c.example\x1b[2J"),
       Code::cluster_failed, "`kubectl` failed: token=*** at https://c.example", ""},
      {exited(1, "", ""), Code::cluster_failed, "`kubectl` failed: it gave no reason.", ""},
  };
  for (const FailureCase& failure : cases) {
    machine_.runner.on("kubectl", failure.completion);
    const auto version = cluster()->version({});
    ASSERT_FALSE(version) << failure.message;
    EXPECT_EQ(version.error().code, failure.code) << failure.message;
    EXPECT_EQ(version.error().message, failure.message);
    EXPECT_THAT(version.error().hint, HasSubstr(failure.hint));
  }
}

TEST_F(KubectlCluster, FailuresOfItsContainerAreToldApart) {
  rwenv_.dev_container = "tools";
  const std::vector<FailureCase> cases = {
      {{.kind = ProcessResult::Kind::not_found},
       Code::kubectl_missing,
       "`docker` is not installed: it is not on PATH, and kubectl is to run in the container "
       "'tools'.",
       "`useDevContainer`"},
      {exited(127, "",
              "OCI runtime exec failed: exec failed: unable to start container process: exec: "
              "\"kubectl\": executable file not found in $PATH: unknown\n"),
       Code::kubectl_missing, "`kubectl` is not installed in the container 'tools'.",
       "Install it there"},
      {exited(126,
              "OCI runtime exec failed: exec: \"kubectl\": executable file not found in $PATH"),
       Code::kubectl_missing, "`kubectl` is not installed in the container 'tools'.",
       "Install it there"},
      {exited(1, "", "Error response from daemon: No such container: tools\n"),
       Code::cluster_failed,
       "`kubectl` in the container 'tools' failed: Error response from daemon: No such container: "
       "tools",
       "Start the container 'tools'"},
      {exited(1, "", "Error response from daemon: Container 0f1e is not running\n"),
       Code::cluster_failed,
       "`kubectl` in the container 'tools' failed: Error response from daemon: Container 0f1e is "
       "not running",
       "Start the container 'tools'"},
      {exited(1, "",
              "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker "
              "daemon running?\n"),
       Code::cluster_failed, "`kubectl` in the container 'tools' failed: Cannot connect",
       "Start the container 'tools'"},
      {{.kind = ProcessResult::Kind::timed_out},
       Code::cluster_failed,
       "`kubectl` in the container 'tools' did not answer within 30 s.",
       "log in once by hand"},
  };
  for (const FailureCase& failure : cases) {
    machine_.runner.on("docker", failure.completion);
    const auto version = cluster()->version({});
    ASSERT_FALSE(version) << failure.message;
    EXPECT_EQ(version.error().code, failure.code) << failure.message;
    EXPECT_THAT(version.error().message, HasSubstr(failure.message));
    EXPECT_THAT(version.error().hint, HasSubstr(failure.hint));
  }
}

}  // namespace
