// Where a Flux repository is: what git is told of its remote, and the clone's place.
#pragma once

#include <filesystem>

#include "engine/git/remote_url.h"
#include "engine/git/tls_verification.h"

namespace engine {

struct FluxRemote {
  RemoteUrl url;
  TlsVerification tls = TlsVerification::on;
  std::filesystem::path clone;  // see engine/base/data_directory.h
};

}  // namespace engine
