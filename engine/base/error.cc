#include "engine/base/error.h"

namespace engine {

std::string_view name(Code code) {
  switch (code) {
    case Code::no_rwenv:
      return "no_rwenv";
    case Code::unknown_rwenv:
      return "unknown_rwenv";
    case Code::no_flux_repo:
      return "no_flux_repo";
    case Code::read_only:
      return "read_only";
    case Code::no_pr:
      return "no_pr";
    case Code::unknown_service:
      return "unknown_service";
    case Code::no_image_group:
      return "no_image_group";
    case Code::bad_config:
      return "bad_config";
    case Code::not_a_repository:
      return "not_a_repository";
    case Code::no_commit:
      return "no_commit";
    case Code::gh_missing:
      return "gh_missing";
    case Code::gh_auth:
      return "gh_auth";
    case Code::gh_failed:
      return "gh_failed";
    case Code::pipeline_not_green:
      return "pipeline_not_green";
    case Code::bad_argument:
      return "bad_argument";
    case Code::bad_manifest:
      return "bad_manifest";
    case Code::image_not_found:
      return "image_not_found";
    case Code::digest_pinned:
      return "digest_pinned";
    case Code::unsupported_type:
      return "unsupported_type";
    case Code::bad_path:
      return "bad_path";
    case Code::tls_untrusted:
      return "tls_untrusted";
    case Code::auth_failed:
      return "auth_failed";
    case Code::unreachable:
      return "unreachable";
    case Code::remote_not_found:
      return "remote_not_found";
    case Code::timeout:
      return "timeout";
    case Code::branch_not_found:
      return "branch_not_found";
    case Code::rejected:
      return "rejected";
    case Code::conflict:
      return "conflict";
    case Code::no_identity:
      return "no_identity";
    case Code::sign_failed:
      return "sign_failed";
    case Code::disk_full:
      return "disk_full";
    case Code::locked:
      return "locked";
    case Code::internal:
      return "internal";
    case Code::unknown_outcome:
      return "unknown_outcome";
    case Code::cancelled:
      return "cancelled";
    case Code::other_rwenv:
      return "other_rwenv";
    case Code::occupied:
      return "occupied";
    case Code::rwenv_exists:
      return "rwenv_exists";
    case Code::kubectl_missing:
      return "kubectl_missing";
    case Code::cluster_failed:
      return "cluster_failed";
    case Code::proposal_failed:
      return "proposal_failed";
    case Code::no_history:
      return "no_history";
  }
  return "internal";
}

}  // namespace engine
