// A world of its own for tests with real git: a HOME, a git configuration and an identity in a
// temporary directory, and a bare remote with one manifest in it. Nothing of the machine's user is
// read or written.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/host.h"
#include "engine/flux/repository.h"
#include "engine/git/identity.h"
#include "engine/process/process_runner.h"
#include "tests/support/temporary_directory.h"

namespace test {

inline constexpr std::string_view kManifestFile = "apps/backend/kustomization.yaml";

class GitSandbox {
 public:
  // The remote's HEAD names `branch`, which has one commit with the manifest, tag `old`; an empty
  // name leaves the remote without a commit.
  explicit GitSandbox(std::string_view branch = "main");

  const std::filesystem::path& path() const { return directory_.path(); }
  std::filesystem::path home() const { return path() / "home"; }
  std::filesystem::path remote() const { return path() / "remote.git"; }
  std::filesystem::path clone() const { return path() / "config/flux-repos/dev"; }
  std::string url() const { return "file://" + remote().string(); }
  engine::FluxRemote flux_remote() const;

  // Variables on top of the sandbox's environment, for what is started from now on.
  void set(std::string name, std::string value) { variables_[std::move(name)] = std::move(value); }
  // A file below path(), with the directories above it.
  void write(const std::filesystem::path& file, std::string_view text) const;
  // `project`, whose rwenv `dev` has the remote; no catalog.
  void make_project();
  // A global setting of git.
  void configure(const std::string& key, const std::string& value) const;
  engine::Environment environment() const { return engine::Environment(variables_); }

  // Runs git in `directory` and returns what it printed, without the last newline; a test failure
  // if its exit status is not 0.
  std::string git(const std::filesystem::path& directory,
                  const std::vector<std::string>& arguments) const;
  // Runs a shell script of the test in `directory`; returns its exit status.
  int shell(const std::filesystem::path& directory, const std::string& script) const;
  // A hook of the remote: a shell script without its first line.
  void install_hook(std::string_view name, std::string_view script) const;
  // Commits the manifest with that tag, in another clone, and pushes it; returns the commit.
  std::string push_tag(std::string_view tag, std::string_view author = "Another") const;
  // Lets a shell script change the remote's files, in another clone, and pushes that to main.
  void push_changes(const std::string& script) const;
  std::string remote_head(std::string_view branch = "main") const;
  // The manifest as the remote has it.
  std::string remote_manifest(std::string_view branch = "main") const;

 private:
  TemporaryDirectory directory_;
  std::map<std::string, std::string, std::less<>> variables_;
  std::string branch_;
};

// The manifest with that tag.
std::string manifest(std::string_view tag);

// A path that is a good one.
engine::RepositoryPath repository_path(std::string_view path);

// Sets the manifest's tag, as the engine's editor does.
engine::Change change_to(std::string_view tag);

// The sandbox's user, as git is configured there.
engine::Identity sandbox_identity();

// One rollout by itself: opens the sandbox's clone, fetches, and lands the change; on a host of its
// own, or on that one.
engine::Result<engine::PushedChange> push(const GitSandbox& sandbox, const engine::Change& change,
                                          const engine::Identity& identity = sandbox_identity());
engine::Result<engine::PushedChange> push(const GitSandbox& sandbox, const engine::Host& host,
                                          const engine::Change& change,
                                          const engine::Identity& identity = sandbox_identity());

// A Host on a sandbox, with real processes and a real clock.
struct SandboxHost {
  explicit SandboxHost(const GitSandbox& sandbox);
  engine::ProcessRunner runner;
  engine::SteadyClock clock;
  engine::Host host;
};

}  // namespace test
