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
  occupied,
  rwenv_exists,
  kubectl_missing,
  cluster_failed,
  proposal_failed,
  no_history,
};

// The code's spelling in results: its enumerator.
std::string_view name(Code code);

// Facts of an error for programs, in the order in which they are shown: {"attempts", 40},
// {"checks", {"build", "lint"}}.
using Detail = std::variant<std::int64_t, std::string, std::vector<std::string>>;
using Details = std::vector<std::pair<std::string, Detail>>;

// A refusal. `message` says what is wrong and where, `hint` (may be empty) what to do; both are
// whole sentences without secrets; a hint may have lines. Their only control characters are those
// of marks for what clients and the command line call by different names
// (engine/base/reader_word.h); who shows the text gives them the reader's words.
struct Error {
  Code code = Code::internal;
  std::string message;
  std::string hint = {};
  Details details = {};
};

}  // namespace engine
