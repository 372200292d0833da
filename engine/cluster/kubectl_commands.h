// What is asked of kubectl: to read one path of the API. It runs on this machine, or in the
// container in which a team keeps it.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "engine/cluster/api_path.h"
#include "engine/process/command.h"

namespace engine {

// Which cluster, and where kubectl runs.
struct KubectlTarget {
  std::string context;  // always named, so that kubectl's current one never counts
  std::optional<std::string> kubeconfig;  // an absolute path, in the container if there is one
  std::optional<std::string> container;   // of docker; nothing: kubectl of this machine
};

class KubectlCommands {
 public:
  explicit KubectlCommands(KubectlTarget target);

  // `get --raw`: prints the answer to GET `path`. Each connection may take `request_limit`, in
  // whole seconds.
  Command get(const ApiPath& path, std::chrono::seconds request_limit) const;

  const KubectlTarget& target() const { return target_; }

 private:
  KubectlTarget target_;
};

}  // namespace engine
