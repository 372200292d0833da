// Asks a remote for its pull refs.
#pragma once

#include <optional>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/forge/pull_refs.h"
#include "engine/git/environment.h"
#include "engine/git/remote_url.h"
#include "engine/git/tls_verification.h"

namespace engine {

struct PullRefQuery {
  RemoteUrl url;  // as git is given it: it applies the user's `insteadOf`
  TlsVerification tls = TlsVerification::on;
  SshConfiguration ssh;
  CommitId head;
  std::optional<CommitId> upstream;
};

// One connection: `auth_failed`, `unreachable`, `remote_not_found`, `tls_untrusted`, ... as for a
// fetch, `timeout`, `cancelled`. May take as long as the time limit of a child process; for any
// thread.
Result<PullRefReader> list_pull_refs(const Host& host, const PullRefQuery& query,
                                     const CallContext& call);

}  // namespace engine
