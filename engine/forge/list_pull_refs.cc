#include "engine/forge/list_pull_refs.h"

#include <string_view>

#include "engine/forge/gh_failure.h"
#include "engine/git/commands.h"
#include "engine/git/failure.h"
#include "engine/process/runner.h"
#include "engine/ssh/connections.h"
#include "engine/ssh/route.h"

namespace engine {
namespace {

// What git_failure() advises is about the Flux repository.
std::string advice_for(Code code) {
  if (code == Code::tls_untrusted) {
    return "Tell git the host's certificate authority (http.sslCAInfo): `fluxGitRepoType: gitea` "
           "counts only for the host of the Flux repository.";
  }
  return "See what `git ls-remote` says in the project directory.";
}

}  // namespace

Result<PullRefReader> list_pull_refs(const Host& host, const PullRefQuery& query,
                                     const CallContext& call) {
  PullRefReader refs(query.head, query.upstream);
  const GitCommands commands(host.environment, query.tls, "/", query.ssh);
  const auto ask = [&](const Command& command) {
    refs = PullRefReader(query.head, query.upstream);
    return host.runner.run_reading(
        command, [&](std::string_view piece) { refs.read(piece); }, call.stop);
  };
  const Command command = commands.list_pull_refs(query.url);
  const auto route = fetch_route(host.environment, query.ssh, query.url);
  const ProcessResult completion =
      route && host.ssh_connections != nullptr
          ? host.ssh_connections->run(*route, command, Repeat::always, ask, call.stop)
          : ask(command);
  if (completion.ok()) {
    return refs;
  }
  Error error = git_failure(
      completion, {"ask for the pull requests of", query.url, "/", query.tls, host.time_limit});
  if (error.code != Code::cancelled) {
    error.hint = advice_for(error.code) + " Or " + give_the_number();
  }
  return Failure(std::move(error));
}

}  // namespace engine
