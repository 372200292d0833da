#include "engine/config/project_remotes.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "engine/base/abandonable.h"
#include "engine/checkout/project_place.h"
#include "engine/checkout/repository.h"
#include "engine/git/configuration.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// A directory that is there and holds no repository.
constexpr const char* kNoRepository = "/dev";

bool is_in(const fs::path& path, const fs::path& directory) {
  const auto [end, rest] =
      std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  return end == directory.end();
}

// A path as git takes it from the root of the work tree, where it is outside of the project: a
// repository inside is text of the project's too. "" for one that is not.
std::string usable(const ProjectRepository& repository, const std::string& address) {
  const RemoteUrl url(address);
  const auto path = url.local_path();
  if (!path) {
    return address;
  }
  std::error_code error;
  const fs::path absolute = repository.root / *path;
  const fs::path real = fs::weakly_canonical(absolute, error);
  if (error) {
    return {};
  }
  for (const fs::path& directory : {repository.root, repository.git_dir, repository.common_dir}) {
    const fs::path own = fs::weakly_canonical(directory, error);
    if (error || is_in(real, own)) {
      return {};
    }
  }
  return fs::path(*path).is_absolute() ? address : absolute.lexically_normal().string();
}

// Whether requests are merged into the branch that `ref` stands for, rather than made of it: the
// remote's default branch, or where that is not known, one with the name of a default branch.
bool is_default_branch(const ProjectRepository& repository, const BranchRemotes& remotes,
                       const std::string& ref) {
  const std::string prefix = "refs/remotes/" + remotes.remote + "/";
  if (const auto known = read_symbolic_ref(repository, prefix + "HEAD")) {
    return ref == *known;
  }
  return remotes.merge == "refs/heads/main" || remotes.merge == "refs/heads/master";
}

ProjectRemotes read(const fs::path& directory, const std::optional<std::string>& branch) {
  ProjectRemotes remotes;
  const auto repository = find_project_repository(directory);
  if (!repository) {
    return remotes;
  }
  remotes.of_branch = branch_remotes(read_configuration(*repository), branch);
  for (ConfiguredRemote& remote : remotes.of_branch.remotes) {
    remote.url = usable(*repository, remote.url);
    remote.push_url = usable(*repository, remote.push_url);
  }
  for (std::string* name : {&remotes.of_branch.push_remote, &remotes.of_branch.push_default,
                            &remotes.of_branch.remote}) {
    const bool is_path = name->find('/') != std::string::npos;
    const bool is_remote =
        std::ranges::any_of(remotes.of_branch.remotes,
                            [&](const ConfiguredRemote& remote) { return remote.name == *name; });
    *name = is_path && !is_remote ? usable(*repository, *name) : *name;
  }
  const std::string upstream = upstream_ref(remotes.of_branch);
  if (!is_default_branch(*repository, remotes.of_branch, upstream)) {
    remotes.upstream = read_ref(*repository, upstream);
  }
  return remotes;
}

}  // namespace

Result<ProjectRemotes> read_project_remotes(const Host& host, const fs::path& directory,
                                            const std::optional<std::string>& branch,
                                            const CallContext& call) {
  return abandonable<ProjectRemotes>(
      project_patience(host, directory, call),
      [directory, branch](const std::stop_token&) -> Result<ProjectRemotes> {
        return read(directory, branch);
      });
}

Result<UsersGit> read_users_git(const Host& host, const CallContext& call) {
  auto entries = read_git_configuration(host, TlsVerification::on, kNoRepository,
                                        &GitCommands::remote_configuration, call);
  RETURN_IF_FAILED(entries);
  UsersGit users;
  users.ssh.rewriting = UrlRewriting(*entries);
  for (auto& [key, value] : *entries) {
    if (key == "core.sshcommand") {
      users.ssh.command = std::move(value);
    } else if (key == "ssh.variant") {
      users.ssh.variant = std::move(value);
    } else if (key == "remote.pushdefault") {
      users.push_default = std::move(value);
    }
  }
  return users;
}

std::optional<PushAddress> push_address(const ProjectRemotes& remotes, const UsersGit& users) {
  const auto remote = push_remote(remotes.of_branch, users.push_default);
  if (!remote) {
    return std::nullopt;
  }
  const std::string given =
      remote->push_url.empty() ? users.ssh.rewriting.for_push(remote->url) : remote->push_url;
  PushAddress address{RemoteUrl(given), RemoteUrl(users.ssh.rewriting.rewritten(given))};
  const bool usable = address.given.is_fit_for_git() && address.contacted.is_fit_for_git() &&
                      address.contacted.has_known_transport();
  return usable ? std::optional(std::move(address)) : std::nullopt;
}

}  // namespace engine
