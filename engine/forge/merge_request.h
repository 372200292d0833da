// The pull request of a proposal on GitHub, found and opened by gh.
#pragma once

#include <optional>
#include <string>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/forge/request_address.h"

namespace engine {

// A request to merge branch `head` of a repository into its branch `base`.
struct MergeRequest {
  std::string repository;  // "github.com/acme/flux"
  std::string head;
  std::string base;
  std::string title;
  std::string body;  // at most Command::kMaxInput bytes
};

// The open one from that branch of the repository itself, not of a fork; nothing if there is none.
// `gh_missing`, `gh_auth`, `gh_failed`, `timeout`.
Result<std::optional<RequestAddress>> find_merge_request(const Host& host,
                                                         const MergeRequest& request,
                                                         const CallContext& call);

// Opens one; fails as above.
Result<RequestAddress> open_merge_request(const Host& host, const MergeRequest& request,
                                          const CallContext& call);

// What a person runs to open it.
std::string command_to_open(const MergeRequest& request);

}  // namespace engine
