// A git command that reaches a remote or works in a clone: what is said of it where it fails.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "engine/git/remote_url.h"
#include "engine/git/tls_verification.h"

namespace engine {

// What was being done; for messages.
struct GitStep {
  std::string doing;  // "fetch from", "push to": precedes the URL
  RemoteUrl url;
  std::filesystem::path clone;                // where git ran
  TlsVerification tls = TlsVerification::on;  // `off` is a gitea remote, which gh has no token for
  std::chrono::milliseconds limit{};          // the time limit that applied
};

}  // namespace engine
