// Runs kubectl for one answer of the API at a time. Thread-safe.
#pragma once

#include <optional>

#include "engine/base/error.h"
#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/cluster/kubectl_commands.h"
#include "engine/cluster/kubectl_failure.h"
#include "json/json.h"

namespace engine {

// What the API says of a path.
struct ApiAnswer {
  std::optional<Absence> absence;  // there is no such thing
  std::optional<Error> refusal;    // the user may not read it
  Json value;                      // the object, if neither
};

class Kubectl {
 public:
  // `host` must outlive it.
  Kubectl(const Host& host, KubectlTarget target);

  // Fails as Cluster does, but for what the user may not read.
  Result<ApiAnswer> get(const ApiPath& path, const CallContext& call) const;

  const KubectlTarget& target() const { return commands_.target(); }

 private:
  const Host* host_;
  KubectlCommands commands_;
};

}  // namespace engine
