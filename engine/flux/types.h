// The remote of a Flux repository, and where its clone is kept.
#pragma once

#include <filesystem>
#include <string>

#include "engine/git/tls_verification.h"

namespace engine {

struct FluxRemote {
  std::string url;  // may hold userinfo
  TlsVerification tls = TlsVerification::on;
  std::filesystem::path clone;  // see engine/base/data_directory.h
};

}  // namespace engine
