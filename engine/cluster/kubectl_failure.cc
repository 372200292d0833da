#include "engine/cluster/kubectl_failure.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "engine/base/time_limit.h"
#include "engine/text/ascii.h"
#include "engine/text/contains.h"
#include "engine/text/text.h"

namespace engine {
namespace {

#ifdef __APPLE__
constexpr std::string_view kInstallKubectl = "brew install kubectl";
#else
constexpr std::string_view kInstallKubectl = "apt install kubernetes-client";
#endif
// docker's exit status where the container does not have the program: it cannot be run, it is not
// found.
constexpr int kCannotRun = 126;
constexpr int kNotFound = 127;

// Whether a line is of the log that kubectl's libraries write ("E1129 22:15:03.1 7 memcache.go:265]
// ...") or a warning; the reason stands in another one.
bool is_beside_the_reason(std::string_view line) {
  constexpr std::string_view kLevels = "IWEF";
  const bool is_log = line.size() > 5 && contains(kLevels, line.substr(0, 1)) &&
                      std::ranges::all_of(line.substr(1, 4), is_digit) && line[5] == ' ';
  return is_log || line.starts_with("Warning: ");
}

// What was said, on one line, without secrets.
std::string words_of(std::string_view err) {
  std::string words;
  for (std::string_view rest = err; !rest.empty();) {
    const auto end = std::min(rest.find('\n'), rest.size());
    if (const auto line = rest.substr(0, end); !is_beside_the_reason(line)) {
      words.append(line).append("\n");
    }
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  words = sanitize_line(trimmed(words).empty() ? err : std::string_view(words));
  return words.empty() ? "it gave no reason." : words;
}

std::string shown(const std::string& context) {
  return sanitize_line(context, 200);
}

// " in the container 'dev'", or nothing.
std::string place_of(const KubectlTarget& target) {
  return target.container ? " in the container " + named(*target.container) : std::string();
}

Error not_installed(const KubectlTarget& target) {
  if (target.container) {
    return {
        Code::kubectl_missing,
        "`docker` is not installed: it is not on PATH, and kubectl is to run in the container " +
            named(*target.container) + ".",
        "Install docker, or set `useDevContainer` to false in envs.json: then the kubectl of "
        "this machine is used."};
  }
  return {Code::kubectl_missing, "`kubectl` is not installed: it is not on PATH.",
          "Install it with `" + std::string(kInstallKubectl) +
              "` (or as https://kubernetes.io/docs/tasks/tools says). Only the state of the "
              "cluster needs it."};
}

bool lacks_kubectl(const ProcessResult& completion) {
  return (completion.status == kCannotRun || completion.status == kNotFound) &&
         contains(completion.err + completion.out, "executable file not found");
}

std::string hint_for(std::string_view err, const KubectlTarget& target) {
  if (target.container && contains_any(err, {"No such container", "is not running", "is paused",
                                             "docker daemon", "docker.sock"})) {
    return "Start the container " + named(*target.container) +
           ", correct `devContainer`, or set `useDevContainer` to false in envs.json: then the "
           "kubectl of this machine is used.";
  }
  if (contains_any(err, {"context \"", "kubeconfig", "no such file", "no configuration"})) {
    return "Correct `kubernetesContext` and `kubeconfigPath` of the rwenv; `kubectl config "
           "get-contexts` lists the contexts.";
  }
  if (contains_any(err, {"Unauthorized", "must be logged in", "getting credentials",
                         "certificate has expired"})) {
    return "Log in to the cluster: run `kubectl --context " + shown(target.context) +
           " version` in a terminal.";
  }
  if (contains(err, "(Forbidden)")) {
    return "Ask for the right to read it.";
  }
  return "Check the network, the VPN, and what `kubectl --context " + shown(target.context) +
         " version` says.";
}

}  // namespace

std::optional<Absence> absence_in(const ProcessResult& completion) {
  if (completion.kind != ProcessResult::Kind::exited || completion.status == 0 ||
      !contains(completion.err, "Error from server (NotFound): ")) {
    return std::nullopt;
  }
  return contains(completion.err, "could not find the requested resource") ? Absence::no_kind
                                                                           : Absence::no_object;
}

bool is_forbidden(const ProcessResult& completion) {
  return completion.kind == ProcessResult::Kind::exited && completion.status != 0 &&
         contains(completion.err, "Error from server (Forbidden): ");
}

Error kubectl_failure(const ProcessResult& completion, const KubectlTarget& target,
                      std::chrono::milliseconds limit) {
  switch (completion.kind) {
    case ProcessResult::Kind::not_found:
      return not_installed(target);
    case ProcessResult::Kind::timed_out:
      return {Code::cluster_failed,
              "`kubectl`" + place_of(target) + " did not answer within " + in_seconds(limit) + ".",
              "Check the network and the VPN. If it waits for a login, log in once by hand: run "
              "`kubectl --context " +
                  shown(target.context) + " version` in a terminal."};
    case ProcessResult::Kind::cancelled:
      return {Code::cancelled, "Cancelled while asking the cluster."};
    default:
      break;
  }
  if (target.container && lacks_kubectl(completion)) {
    return {Code::kubectl_missing, "`kubectl` is not installed" + place_of(target) + ".",
            "Install it there, or set `useDevContainer` to false in envs.json: then the kubectl of "
            "this machine is used."};
  }
  return {Code::cluster_failed,
          "`kubectl`" + place_of(target) + " failed: " + words_of(completion.err),
          hint_for(completion.err, target)};
}

}  // namespace engine
