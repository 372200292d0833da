// How git reaches a remote over ssh, where its connection may be shared: whom it asks ssh to
// connect to, and with which command line. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>

#include "engine/base/host.h"
#include "engine/git/environment.h"
#include "engine/git/remote_url.h"
#include "engine/ssh/destination.h"

namespace engine {

struct SshRoute {
  SshDestination destination;
  std::string ssh;  // GIT_SSH_COMMAND as every git command has it
};

// The route that a fetch from a remote of this URL takes. Nothing where that is not ssh, where the
// user has said which ssh git shall start, or where that is not OpenSSH's.
std::optional<SshRoute> fetch_route(const Environment& environment,
                                    const std::optional<SshConfiguration>& ssh,
                                    const RemoteUrl& url);
// The same of a push.
std::optional<SshRoute> push_route(const Environment& environment,
                                   const std::optional<SshConfiguration>& ssh,
                                   const RemoteUrl& url);

}  // namespace engine
