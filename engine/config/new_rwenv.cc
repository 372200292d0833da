#include "engine/config/new_rwenv.h"

#include <algorithm>

#include "engine/base/reader_word.h"
#include "engine/base/repository_path.h"
#include "engine/config/rwenv_name.h"
#include "engine/git/branch_name.h"
#include "engine/git/remote_url.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::size_t kMaxName = 128;  // that of a directory below flux-repos, too
constexpr std::size_t kMaxText = 500;

// A line of text that a person can read.
bool is_line(const std::string& value) {
  return !trimmed(value).empty() && value.size() <= kMaxText &&
         remove_control_characters(value) == value && value.find_first_of("\n\t") == value.npos;
}

bool is_fit_repository(const std::string& value) {
  const RemoteUrl url(value);
  const auto path = url.local_path();
  return value.size() <= kMaxText && url.is_fit_for_git() && url.has_known_transport() &&
         (!path || path->starts_with('/'));
}

std::string accepted_of(RwenvField field) {
  switch (field) {
    case RwenvField::flux_git_repo:
      return "the address of a git repository: an https, http, ssh, git or file URL, "
             "git@host:path, or an absolute path";
    case RwenvField::flux_git_repo_type:
      return "\"github\" or \"gitea\"";
    case RwenvField::flux_git_branch:
      return "the name of a branch, such as \"main\"";
    case RwenvField::flux_path:
      return "a directory such as \"clusters/staging\", relative to the Flux repository's root and "
             "inside it";
    case RwenvField::kubeconfig_path:
      return "an absolute path";
    case RwenvField::description:
    case RwenvField::type:
    case RwenvField::kubernetes_context:
      break;
  }
  return "a line of text of at most " + std::to_string(kMaxText) + " bytes";
}

bool is_accepted(RwenvField field, const std::string& value) {
  switch (field) {
    case RwenvField::flux_git_repo:
      return is_fit_repository(value);
    case RwenvField::flux_git_repo_type:
      return value == "github" || value == "gitea";
    case RwenvField::flux_git_branch:
      return is_branch_name(value);
    case RwenvField::flux_path:
      return is_line(value) && repository_directory(value, "");
    case RwenvField::kubeconfig_path:
      return is_line(value) && value.starts_with('/');
    case RwenvField::description:
    case RwenvField::type:
    case RwenvField::kubernetes_context:
      break;
  }
  return is_line(value);
}

Failure refused(std::string_view key, const std::string& given, const std::string& accepted) {
  return fail(Code::bad_argument,
              reader_label(key) + ": given " + given + ", expected " + accepted + ".",
              "Correct it, then try again. Nothing was changed.",
              {{"argument", std::string(key)}, {"given", given}, {"accepted", accepted}});
}

Failure missing(std::string_view key, const std::string& accepted) {
  return fail(Code::bad_argument, reader_label(key) + " is missing; expected " + accepted + ".",
              "An rwenv needs a name and the repository that Flux applies to it.",
              {{"argument", std::string(key)}, {"accepted", accepted}});
}

}  // namespace

std::string_view key_of(RwenvField field) {
  switch (field) {
    case RwenvField::description:
      return "description";
    case RwenvField::type:
      return "type";
    case RwenvField::flux_git_repo:
      return "fluxGitRepo";
    case RwenvField::flux_git_repo_type:
      return "fluxGitRepoType";
    case RwenvField::flux_git_branch:
      return "fluxGitBranch";
    case RwenvField::flux_path:
      return "fluxPath";
    case RwenvField::kubernetes_context:
      return "kubernetesContext";
    case RwenvField::kubeconfig_path:
      return "kubeconfigPath";
  }
  return {};
}

std::optional<std::string> flaw_of_rwenv_name(const std::string& name) {
  if (is_rwenv_name(name) && name.size() <= kMaxName) {
    return std::nullopt;
  }
  return "letters, digits, '.', '_' and '-', beginning with a letter or digit, at most " +
         std::to_string(kMaxName) + " characters";
}

std::optional<std::string> flaw_of(RwenvField field, const std::string& value) {
  return is_accepted(field, value) ? std::nullopt : std::optional(accepted_of(field));
}

Result<void> check_given(const NewRwenv& rwenv) {
  const auto flaw = rwenv.name.empty() ? std::nullopt : flaw_of_rwenv_name(rwenv.name);
  if (flaw) {
    return refused("name", named(rwenv.name), *flaw);
  }
  for (const auto& [field, value] : rwenv.fields) {
    if (const auto wrong = flaw_of(field, value)) {
      const bool is_url = field == RwenvField::flux_git_repo;
      return refused(key_of(field), is_url ? RemoteUrl(value).named() : named(value), *wrong);
    }
  }
  return {};
}

Result<void> check_new_rwenv(const NewRwenv& rwenv) {
  RETURN_IF_FAILED(check_given(rwenv));
  if (rwenv.name.empty()) {
    return missing("name", "the name of the new rwenv");
  }
  if (!rwenv.fields.contains(RwenvField::flux_git_repo)) {
    return missing(key_of(RwenvField::flux_git_repo), accepted_of(RwenvField::flux_git_repo));
  }
  return {};
}

}  // namespace engine
