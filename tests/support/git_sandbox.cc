#include "tests/support/git_sandbox.h"

#include <cerrno>
#include <fstream>
#include <stdexcept>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sys/wait.h>

#include "engine/process/path_lookup.h"
#include "engine/process/spawn.h"

namespace test {

namespace fs = std::filesystem;

namespace {

struct Ended {
  int status = -1;
  std::string out;
};

Ended run(const fs::path& directory, std::vector<std::string> arguments,
          const std::map<std::string, std::string, std::less<>>& variables) {
  engine::Pipe pipe;
  if (engine::make_pipe(pipe) != 0) {
    throw std::runtime_error("no pipe");
  }
  engine::SpawnRequest request;
  request.file = *engine::find_program(arguments.front(), variables.at("PATH"));
  request.arguments = std::move(arguments);
  request.environment = variables;
  request.directory = directory;
  request.out = pipe.write.get();
  request.err = pipe.write.get();
  pid_t child = -1;
  if (const int error = engine::spawn(request, child); error != 0) {
    throw std::runtime_error("cannot start a process");
  }
  pipe.write.close();
  Ended ended;
  char buffer[4096];
  for (ssize_t count = 1; count != 0;) {
    count = ::read(pipe.read.get(), buffer, sizeof buffer);
    if (count > 0) {
      ended.out.append(buffer, static_cast<std::size_t>(count));
    }
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return ended;
}

}  // namespace

GitSandbox::GitSandbox(std::string_view branch) : branch_(branch) {
  const char* const path_variable = std::getenv("PATH");
  variables_ = {
      {"PATH", path_variable == nullptr ? "/usr/bin:/bin" : path_variable},
      {"HOME", home().string()},
      {"XDG_CONFIG_HOME", (home() / ".config").string()},
      {"GIT_CONFIG_NOSYSTEM", "1"},
      {"GIT_CONFIG_GLOBAL", (home() / ".gitconfig").string()},
      {"TMPDIR", (path() / "tmp").string()},
  };
  fs::create_directories(home());
  fs::create_directories(path() / "tmp");
  configure("user.name", "Ada Tester");
  configure("user.email", "ada@example.com");
  configure("init.defaultBranch", "main");
  configure("protocol.file.allow", "always");
  const std::string head = branch.empty() ? "main" : std::string(branch);
  git(path(), {"init", "--quiet", "--bare", "--initial-branch=" + head, remote().string()});
  if (!branch.empty()) {
    push_tag("old", "Founder");
  }
}

engine::FluxRemote GitSandbox::flux_remote() const {
  return {.url = engine::RemoteUrl(url()), .tls = engine::TlsVerification::on, .clone = clone()};
}

void GitSandbox::write(const fs::path& file, std::string_view text) const {
  directory_.write(file, text);
}

void GitSandbox::make_project() {
  set("RWENV_CONFIG_DIR", (path() / "config").string());
  write("config/envs.json", R"({"rwenvs": {"dev": {"fluxGitRepo": ")" + url() + R"("}}})");
  write("project/.claude/rwenv", "dev\n");
}

void GitSandbox::configure(const std::string& key, const std::string& value) const {
  git(path(), {"config", "--global", key, value});
}

std::string GitSandbox::git(const fs::path& directory,
                            const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = {"git"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  Ended ended = run(directory, all, variables_);
  EXPECT_EQ(ended.status, 0) << "git " << arguments.front() << ": " << ended.out;
  if (ended.out.ends_with('\n')) {
    ended.out.pop_back();
  }
  return ended.out;
}

int GitSandbox::shell(const fs::path& directory, const std::string& script) const {
  return run(directory, {"sh", "-c", script}, variables_).status;
}

void GitSandbox::install_hook(std::string_view name, std::string_view script) const {
  const fs::path hook = remote() / "hooks" / name;
  std::ofstream(hook) << "#!/bin/sh\n" << script << "\n";
  fs::permissions(hook, fs::perms::owner_all);
}

std::string GitSandbox::push_tag(std::string_view tag, std::string_view author) const {
  const TemporaryDirectory work;
  const fs::path clone = work.path() / "clone";
  git(path(), {"clone", "--quiet", url(), clone.string()});
  git(clone, {"checkout", "--quiet", "-B", branch_});
  work.write(fs::path("clone") / kManifestFile, manifest(tag));
  git(clone, {"add", "."});
  git(clone, {"-c", "user.name=" + std::string(author), "commit", "--quiet", "--allow-empty", "-m",
              "tag " + std::string(tag)});
  git(clone, {"push", "--quiet", "origin", "HEAD:refs/heads/" + branch_});
  return git(clone, {"rev-parse", "HEAD"});
}

void GitSandbox::push_changes(const std::string& script) const {
  EXPECT_EQ(
      shell(path(), "rm -rf other && git clone -q '" + url() + "' other && cd other && (" + script +
                        ") && git add . && git commit -qm other && git push -q origin main"),
      0);
}

std::string GitSandbox::remote_head(std::string_view branch) const {
  return git(remote(), {"rev-parse", "refs/heads/" + std::string(branch)});
}

std::string GitSandbox::remote_manifest(std::string_view branch) const {
  return git(remote(), {"show", std::string(branch) + ":" + std::string(kManifestFile)}) + "\n";
}

std::string manifest(std::string_view tag) {
  return "# the backend\nimages:\n  - name: backend\n    newTag: " + std::string(tag) + "\n";
}

engine::RepositoryPath repository_path(std::string_view path) {
  return engine::RepositoryPath::parse(path, "file").value();
}

engine::Change change_to(std::string_view tag) {
  static constexpr std::string_view kKey = "newTag: ";
  const std::string wanted(tag);
  return {
      .edits = {{.file = repository_path(kManifestFile),
                 .edit = [wanted](std::string_view bytes) -> engine::Result<engine::ManifestEdit> {
                   const auto begin = bytes.find(kKey) + kKey.size();
                   const auto end = bytes.find('\n', begin);
                   engine::ManifestEdit edit;
                   edit.previous_tag = std::string(bytes.substr(begin, end - begin));
                   edit.changed = *edit.previous_tag != wanted;
                   edit.bytes = std::string(bytes.substr(0, begin)) + wanted +
                                std::string(bytes.substr(end));
                   return edit;
                 },
                 .repeat = [](std::string_view before,
                              std::string_view after) -> engine::Result<std::string> {
                   const auto value = [](std::string_view bytes) {
                     const auto begin = bytes.find(kKey) + kKey.size();
                     return std::pair(begin, bytes.find('\n', begin));
                   };
                   const auto [begin, end] = value(before);
                   const auto [from, to] = value(after);
                   return std::string(before.substr(0, begin)) +
                          std::string(after.substr(from, to - from)) +
                          std::string(before.substr(end));
                 }}},
      .message = "chore(backend): update image tag to " + wanted,
      .dry_run = false};
}

engine::Identity sandbox_identity() {
  const engine::Person ada{"Ada Tester", "ada@example.com"};
  return {.author = ada, .committer = ada, .sign_commits = false};
}

engine::Result<engine::PushedChange> push(const GitSandbox& sandbox, const engine::Change& change,
                                          const engine::Identity& identity) {
  SandboxHost host(sandbox);
  return push(sandbox, host.host, change, identity);
}

engine::Result<engine::PushedChange> push(const GitSandbox& sandbox, const engine::Host& host,
                                          const engine::Change& change,
                                          const engine::Identity& identity) {
  auto repository = engine::FluxRepository::open(host, sandbox.flux_remote(), {});
  if (!repository) {
    return engine::failure_of(repository);
  }
  return repository->push(change, identity, {});
}

SandboxHost::SandboxHost(const GitSandbox& sandbox)
    : runner(sandbox.environment(), std::chrono::seconds(30)),
      host{.environment = sandbox.environment(),
           .working_directory = sandbox.path(),
           .executable = {},
           .services_file = {},
           .runner = runner,
           .clock = clock} {}

}  // namespace test
