// What can go wrong with a request to the engine: the codes (specification, section 7) and an error
// that carries one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace engine {

// The enumerators are the codes as callers see them (specification, section 7). `cancelled`: the
// client took its request back.
enum class Code {
  no_rwenv,
  unknown_rwenv,
  no_flux_repo,
  read_only,
  no_pr,
  unknown_service,
  no_image_group,
  bad_config,
  not_a_repository,
  no_commit,
  gh_missing,
  gh_auth,
  gh_failed,
  pipeline_not_green,
  bad_argument,
  bad_manifest,
  image_not_found,
  digest_pinned,
  unsupported_type,
  bad_path,
  tls_untrusted,
  auth_failed,
  unreachable,
  remote_not_found,
  timeout,
  branch_not_found,
  rejected,
  conflict,
  no_identity,
  sign_failed,
  disk_full,
  locked,
  internal,
  unknown_outcome,
  cancelled,
  other_rwenv,
};

// The code's spelling in results: its enumerator.
std::string_view name(Code code);

// Facts of an error for programs, in the order in which they are shown: {"attempts", 40},
// {"checks", {"build", "lint"}}.
using Detail = std::variant<std::int64_t, std::string, std::vector<std::string>>;
using Details = std::vector<std::pair<std::string, Detail>>;

// A refusal. `message` says what is wrong and where, `hint` (may be empty) what to do; both are
// whole sentences without secrets and without control characters; a hint may have lines. What
// clients and the command line call by different names stands in a hint in braces, by the name of
// the tools' argument or of the tool: "({prNumber})", "{regenerate_services}". Who shows the hint
// gives it the reader's name.
struct Error {
  Code code = Code::internal;
  std::string message;
  std::string hint = {};
  Details details = {};
};

}  // namespace engine
