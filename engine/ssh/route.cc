#include "engine/ssh/route.h"

#include <utility>

namespace engine {
namespace {

// `address`: before insteadOf.
std::optional<SshRoute> route_to(const Environment& environment, const SshConfiguration& ssh,
                                 const std::string& address) {
  auto destination = ssh_destination(ssh.rewriting.rewritten(address));
  auto command = ssh_in_batch_mode(environment, ssh);
  if (!destination || !command || has_own_ssh(environment, ssh)) {
    return std::nullopt;
  }
  return SshRoute{std::move(*destination), std::move(*command)};
}

}  // namespace

std::optional<SshRoute> fetch_route(const Environment& environment,
                                    const std::optional<SshConfiguration>& ssh,
                                    const RemoteUrl& url) {
  return ssh ? route_to(environment, *ssh, url.with_userinfo()) : std::nullopt;
}

std::optional<SshRoute> push_route(const Environment& environment,
                                   const std::optional<SshConfiguration>& ssh,
                                   const RemoteUrl& url) {
  return ssh ? route_to(environment, *ssh, ssh->rewriting.for_push(url.with_userinfo()))
             : std::nullopt;
}

}  // namespace engine
