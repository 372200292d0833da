// Where a Flux repository is: what git is told of its remote, and the clone's place.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/git/remote_url.h"
#include "engine/git/tls_verification.h"

namespace engine {

struct FluxRemote {
  RemoteUrl url;
  TlsVerification tls = TlsVerification::on;
  std::filesystem::path clone;  // see engine/base/data_directory.h
  // As configured; nothing: `main`, or where there is none the one that the remote's HEAD names.
  std::optional<std::string> branch = {};
  // Whether the branches of proposals (`rollout/...`) are fetched together with that one.
  bool with_proposals = false;
  // The proposal whose tip is read with the head, as engine/flux/proposal.h names it; empty: none.
  std::string proposal = {};
};

}  // namespace engine
