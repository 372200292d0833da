#include "engine/flux/remote_trial.h"

#include <utility>

#include "engine/flux/remote_head.h"
#include "engine/git/commands.h"
#include "engine/git/configuration.h"
#include "engine/git/failure.h"
#include "engine/process/runner.h"

namespace engine {

Result<std::string> try_remote(const Host& host, const FluxRemote& remote,
                               const std::filesystem::path& repository,
                               std::chrono::milliseconds limit, const CallContext& call) {
  auto ssh = read_ssh_configuration(host, remote.tls, remote.url, repository, call);
  RETURN_IF_FAILED(ssh);
  const ProcessResult completion =
      host.runner.run(GitCommands(host.environment, remote.tls, repository, *ssh)
                          .list_head(remote.branch.value_or("main")),
                      call.stop, limit);
  if (!completion.ok()) {
    return Failure(
        git_failure(completion, {"ask for the branches of", remote.url, repository, remote.tls,
                                 limit.count() > 0 ? limit : host.time_limit}));
  }
  if (remote.branch && !lists_branch(completion.out, *remote.branch)) {
    return Failure(no_such_branch(remote.url, *remote.branch));
  }
  auto branch = remote.branch ? remote.branch : parse_remote_branch(completion.out);
  if (!branch) {
    return Failure(no_branch(remote.url));
  }
  return std::move(*branch);
}

}  // namespace engine
