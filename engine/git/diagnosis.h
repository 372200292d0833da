// Why git failed, read from what it wrote: the part of engine/git/failure.h that knows git's, ssh's
// and curl's wordings (in the C locale). Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engine {

// The cause of a failure, finer than its code where the advice differs.
enum class Cause {
  tls,
  host_key,
  ssh_key,
  token,
  sign_on,         // the account must sign on at its organisation first
  address,         // the remote lets in certain addresses only
  refused_access,  // 403, and the remote says why
  archived,
  no_repository,
  gone,
  no_git_answer,  // what answers is no git: a web page, a shell that greets
  login_page,     // ... where people log in
  unreachable,    // no connection came about
  broken_off,     // it did, and then broke
  server_error,
  bad_request,
  proxy,
  no_ssh,
  no_git_there,    // ssh found no git on the remote
  push_signature,  // push.gpgSign, and the push cannot be signed or the remote takes none
  push_feature,    // the remote does not take what git's configuration asks for
  local_failure,   // git gave up by itself, and the remote says no more than that it hung up
  no_transport,
  no_branch,
  disk_full,
  lock_file,
  no_identity,
  object_format,
  ownership,
  bad_configuration,
};

// A cause, and the line that told, cleaned and without secrets.
struct Diagnosis {
  Cause cause;
  std::string line;
};

// Nothing for a failure that is not recognised. Only what the lines say counts, not their order:
// git, ssh and the remote write to the same place, each in its own time.
std::optional<Diagnosis> diagnose(std::string_view err);

// Whether what such a failure says comes from the remote, whose further words then explain it.
bool is_told_by_remote(Cause cause);

}  // namespace engine
