#include "engine/cluster/kubectl_commands.h"

#include <utility>
#include <vector>

namespace engine {
namespace {

// Of this machine's kubectl: its words in English, no configuration that changes what its commands
// mean (kuberc), and no cache in the user's home.
std::vector<Command::EnvironmentChange> environment_of_kubectl() {
  return {{"LC_ALL", "C.UTF-8"}, {"KUBECTL_KUBERC", "false"}, {"KUBECACHEDIR", "/dev/null"}};
}

}  // namespace

KubectlCommands::KubectlCommands(KubectlTarget target) : target_(std::move(target)) {}

// It runs in "/": what stands in the current directory, a project's for instance, must not count
// where KUBECONFIG has a relative path.
Command KubectlCommands::get(const ApiPath& path, std::chrono::seconds request_limit) const {
  std::vector<std::string> arguments;
  if (target_.container) {
    arguments.insert(arguments.end(), {"exec", "-i", *target_.container, "kubectl"});
  }
  arguments.insert(arguments.end(), {"--context", target_.context});
  if (target_.kubeconfig) {
    arguments.insert(arguments.end(), {"--kubeconfig", *target_.kubeconfig});
  }
  arguments.insert(arguments.end(),
                   {"--request-timeout", std::to_string(request_limit.count()) + "s", "get",
                    "--raw", path.text()});
  return {target_.container ? Program::docker : Program::kubectl, std::move(arguments),
          environment_of_kubectl(), "/"};
}

}  // namespace engine
