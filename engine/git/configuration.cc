#include "engine/git/configuration.h"

#include <system_error>
#include <utility>

#include "engine/git/failure.h"
#include "engine/git/remote_url.h"
#include "engine/process/runner.h"

namespace engine {
namespace {

constexpr int kNoMatch = 1;

// A directory that is there and holds no repository: what is configured outside of repositories is
// asked there. Git looks up the place of one that it is told of, to decide on `includeIf`, and
// gives up where the directory is not there.
constexpr const char* kOutside = "/dev";

bool is_unreadable(const ProcessResult& completion) {
  return completion.kind == ProcessResult::Kind::exited && completion.status != 0 &&
         completion.status != kNoMatch;
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> read_git_configuration(
    const Host& host, TlsVerification tls, const std::filesystem::path& clone,
    ConfigurationQuestion question, const CallContext& call) {
  const auto ask = [&](const std::filesystem::path& repository) {
    const GitCommands commands(host.environment, tls, repository, std::nullopt);
    return host.runner.run((commands.*question)(), call.stop);
  };
  std::error_code error;
  // Git would wait for the other end of a pipe.
  const bool there = std::filesystem::is_regular_file(clone / ".git/HEAD", error) &&
                     std::filesystem::is_regular_file(clone / ".git/config", error);
  ProcessResult completion = ask(there ? clone : kOutside);
  if (there && is_unreadable(completion)) {
    completion = ask(kOutside);
  }
  if (completion.kind != ProcessResult::Kind::exited) {
    return Failure(git_not_run(completion, "read git's configuration", host.time_limit));
  }
  if (is_unreadable(completion)) {
    return fail(Code::bad_config,
                "Git cannot read its own configuration: " + git_line(completion.err),
                "Correct git's configuration at that place.");
  }
  return parse_configuration(completion.out);
}

Result<std::optional<SshConfiguration>> read_ssh_configuration(const Host& host,
                                                               TlsVerification tls,
                                                               const RemoteUrl& url,
                                                               const std::filesystem::path& clone,
                                                               const CallContext& call) {
  if (!url.is_ssh()) {
    return std::optional<SshConfiguration>();
  }
  auto entries = read_git_configuration(host, tls, clone, &GitCommands::ssh_configuration, call);
  RETURN_IF_FAILED(entries);
  SshConfiguration ssh;
  ssh.rewriting = UrlRewriting(*entries);
  for (auto& [key, value] : *entries) {
    if (key == "core.sshcommand") {
      ssh.command = std::move(value);
    } else if (key == "ssh.variant") {
      ssh.variant = std::move(value);
    }
  }
  return std::optional(std::move(ssh));
}

}  // namespace engine
