#include "engine/git/commands.h"

#include <utility>

#include "engine/git/work_tree_filters.h"

namespace engine {
namespace {

// The id of a tree without entries, which every git knows without having it.
constexpr std::string_view kEmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

// Of a fetch.
constexpr const char* kWhole = "--unshallow";

}  // namespace

GitCommands::GitCommands(const Environment& environment, TlsVerification tls,
                         std::filesystem::path clone, const std::optional<SshConfiguration>& ssh)
    : clone_(std::move(clone)), environment_(git_environment(environment, tls, ssh)) {}

Command GitCommands::version() {
  return {Program::git, {"--version"}, {{"LC_ALL", "C"}}, "/"};
}

std::string GitCommands::branch_ref(std::string_view branch) {
  return "refs/heads/" + std::string(branch);
}

std::string GitCommands::tracking_ref(std::string_view branch) {
  return "refs/remotes/" + std::string(kRemote) + "/" + std::string(branch);
}

std::string GitCommands::proposal_ref(std::string_view branch) {
  constexpr std::string_view kPrefix = "rollout/";
  branch.remove_prefix(branch.starts_with(kPrefix) ? kPrefix.size() : 0);
  return "refs/rollout/proposals/" + std::string(branch);
}

std::string GitCommands::review_ref(std::string_view branch) {
  return "refs/for/" + std::string(branch);
}

// Names the clone's repository and its work tree, so that git never looks for one in the
// directories above it, and so that no configuration can move the work tree. By relative paths: a
// git that runs stays in the directory that it was started in, whatever takes its place meanwhile.
Command GitCommands::in_clone(std::vector<std::string> arguments) const {
  std::vector<std::string> all = {"--git-dir=.git", "--work-tree=."};
  const std::vector<std::string> options = git_options();
  all.insert(all.end(), options.begin(), options.end());
  const std::vector<std::string> filters = without_filters(left_out_);
  all.insert(all.end(), filters.begin(), filters.end());
  all.insert(all.end(), arguments.begin(), arguments.end());
  return {Program::git, std::move(all), environment_, clone_};
}

// Works without a clone as well: then it is read what is configured outside of repositories.
Command GitCommands::configuration(std::string pattern) const {
  return {Program::git,
          {"--git-dir=" + (clone_ / ".git").string(), "config", "--null", "--get-regexp",
           std::move(pattern)},
          environment_,
          "/"};
}

Command GitCommands::identity_configuration() const {
  return configuration(R"(^((user|author|committer)\.(name|email)|commit\.gpgsign)$)");
}

Command GitCommands::ssh_configuration() const {
  return configuration(R"(^(core\.sshcommand|ssh\.variant|url\..*\.(push)?insteadof)$)");
}

Command GitCommands::push_configuration() const {
  return configuration(R"(^(core\.hookspath|hook\..*|push\.(gpgsign|pushoption)|)"
                       R"(url\..*\.(push)?insteadof|remote\.origin\..*)$)");
}

Command GitCommands::remote_configuration() const {
  return configuration(
      R"(^(core\.sshcommand|ssh\.variant|remote\.pushdefault|url\..*\.(push)?insteadof)$)");
}

Command GitCommands::conditional_includes() const {
  return configuration(R"(^includeif\.)");
}

Command GitCommands::filter_configuration() const {
  return configuration(R"(^filter\..*\.(smudge|clean|process)$)");
}

GitCommands GitCommands::doing_without(const std::vector<std::string>& filters) const {
  GitCommands others = *this;
  others.left_out_ = filters;
  return others;
}

Command GitCommands::own_configuration() const {
  return {Program::git,
          {"--git-dir=" + (clone_ / ".git").string(), "config", "--null", "--list", "--includes",
           "--local"},
          environment_,
          "/"};
}

// The same as own_configuration() where `config.worktree` is not in use.
Command GitCommands::own_work_tree_configuration() const {
  return {Program::git,
          {"--git-dir=" + (clone_ / ".git").string(), "config", "--null", "--list", "--includes",
           "--worktree"},
          environment_,
          "/"};
}

Command GitCommands::fetch_with(std::optional<std::string> history, LargeFiles large_files,
                                std::string_view branch, Proposals proposals) const {
  const bool with_proposals = proposals == Proposals::fetched;
  std::vector<std::string> arguments = {"fetch",
                                        "--no-progress",
                                        "--no-tags",
                                        with_proposals ? "--prune" : "--no-prune",
                                        "--no-write-fetch-head",
                                        "--no-auto-maintenance",
                                        "--no-recurse-submodules",
                                        "--refmap="};
  if (history) {
    arguments.push_back(std::move(*history));
  }
  arguments.emplace_back(large_files == LargeFiles::left_out ? "--filter=blob:limit=1m"
                                                             : "--no-filter");
  arguments.emplace_back(kRemote);
  arguments.push_back("+" + branch_ref(branch) + ":" + kFetchRef);
  if (with_proposals) {
    arguments.push_back("+" + branch_ref("rollout/*") + ":" + proposal_ref("rollout/*"));
  }
  return in_clone(std::move(arguments));
}

// Only what was made before the clone leaves out files, and only those larger than nearly every
// manifest: a file that is missed later costs a connection of its own, which is more than many
// small ones cost.
Command GitCommands::fetch(std::string_view branch, History history, Proposals proposals) const {
  std::optional<std::string> option;
  if (history == History::needed || history == History::newest_commit) {
    option = "--depth=1";
  } else if (history == History::whole) {
    option = kWhole;
  }
  return fetch_with(std::move(option),
                    history == History::needed ? LargeFiles::left_out : LargeFiles::brought, branch,
                    proposals);
}

Command GitCommands::deepen(std::string_view branch, std::optional<std::size_t> commits,
                            LargeFiles large_files, Proposals proposals) const {
  return fetch_with(commits ? "--deepen=" + std::to_string(*commits) : std::string(kWhole),
                    large_files, branch, proposals);
}

// A git that looks for an object in a partial clone fetches it.
Command GitCommands::fetch_blob(std::string_view id) const {
  return in_clone({"cat-file", "-e", std::string(id)});
}

// A diff asks the remote at once for all that it lacks, before it reads any of it; other commands
// that read files ask for one after the other.
Command GitCommands::bring_files(const CommitId& commit,
                                 const std::vector<std::string>& patterns) const {
  std::vector<std::string> arguments = {
      "diff-tree", "-r", "--shortstat", "--no-renames", "--no-ext-diff", "--no-textconv"};
  arguments.emplace_back(kEmptyTree);
  arguments.push_back(commit.text());
  arguments.emplace_back("--");
  arguments.insert(arguments.end(), patterns.begin(), patterns.end());
  return in_clone(std::move(arguments));
}

Command GitCommands::list_head(std::string_view branch) const {
  return in_clone({"ls-remote", "--symref", std::string(kRemote), "HEAD", branch_ref(branch)});
}

// The directory that is named holds no repository, so no configuration but the user's own is read.
Command GitCommands::list_pull_refs(const RemoteUrl& url) const {
  return {Program::git,
          {"--git-dir=/dev/.git", "ls-remote", "--refs", url.with_userinfo(), "refs/pull/*/head",
           "refs/merge-requests/*/head", "refs/pull-requests/*/from"},
          environment_,
          "/"};
}

Command GitCommands::signed_commit(std::vector<std::string> arguments, const Identity& identity,
                                   std::vector<Command::EnvironmentChange> more) const {
  // All that is written is UTF-8, whatever the user's own commits are written in.
  arguments.insert(arguments.begin(), {"-c", "i18n.commitEncoding=UTF-8", "commit-tree", "-S"});
  std::vector<Command::EnvironmentChange> environment = environment_;
  environment.emplace_back("GIT_AUTHOR_NAME", identity.author.name);
  environment.emplace_back("GIT_AUTHOR_EMAIL", identity.author.email);
  environment.emplace_back("GIT_COMMITTER_NAME", identity.committer.name);
  environment.emplace_back("GIT_COMMITTER_EMAIL", identity.committer.email);
  environment.insert(environment.end(), more.begin(), more.end());
  Command command = in_clone(std::move(arguments));
  return {Program::git, command.arguments(), std::move(environment), command.directory()};
}

Command GitCommands::commit_tree(std::string_view tree, const CommitId& parent,
                                 const std::string& message, const Identity& identity) const {
  return signed_commit({"-p", parent.text(), "-m", message, std::string(tree)}, identity, {});
}

Command GitCommands::try_signing(const std::filesystem::path& objects,
                                 const Identity& identity) const {
  return signed_commit({"-m", "a trial", std::string(kEmptyTree)}, identity,
                       {{"GIT_OBJECT_DIRECTORY", objects.string()}});
}

// Without an expected commit the ref must not be there.
Command GitCommands::push_with(std::vector<std::string> options, const std::string& ref,
                               const CommitId& commit, const std::string& expected) const {
  std::vector<std::string> arguments = {"push", "--porcelain", "--no-follow-tags",
                                        "--recurse-submodules=no",
                                        "--force-with-lease=" + ref + ":" + expected};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.emplace_back(kRemote);
  arguments.push_back(commit.text() + ":" + ref);
  return in_clone(std::move(arguments));
}

Command GitCommands::push(std::string_view branch, const CommitId& commit,
                          const CommitId& expected) const {
  return push_with({}, branch_ref(branch), commit, expected.text());
}

// It takes the address from the remote's configuration, so that no password is on its command line.
Command GitCommands::push_helper(std::string_view scheme) const {
  return in_clone({"remote-" + std::string(scheme), std::string(kRemote)});
}

Command GitCommands::push_proposal(std::string_view branch, const CommitId& commit,
                                   const std::optional<CommitId>& expected) const {
  return push_with({}, branch_ref(branch), commit, expected ? expected->text() : "");
}

Command GitCommands::push_merge_request(std::string_view branch, const CommitId& commit,
                                        const std::optional<CommitId>& expected,
                                        std::string_view target, std::string_view title) const {
  return push_with(
      {"-o", "merge_request.create", "-o", "merge_request.target=" + std::string(target), "-o",
       "merge_request.title=" + std::string(title), "-o", "merge_request.remove_source_branch"},
      branch_ref(branch), commit, expected ? expected->text() : "");
}

// AGit never has the ref itself. A remote without AGit makes it, which the next lease notices.
Command GitCommands::push_for_review(std::string_view target, const CommitId& commit,
                                     std::string_view topic, std::string_view title) const {
  return push_with({"-o", "topic=" + std::string(topic), "-o", "title=" + std::string(title), "-o",
                    "force-push=true"},
                   review_ref(target), commit, "");
}

Command GitCommands::list_review_ref(std::string_view target) const {
  return in_clone({"ls-remote", "--refs", std::string(kRemote), review_ref(target)});
}

Command GitCommands::list_changes() const {
  return in_clone({"--no-optional-locks", "status", "--porcelain=v1", "-z", "--untracked-files=no",
                   "--no-renames", "--ignore-submodules=dirty"});
}

// As a reset does, it runs no hook.
Command GitCommands::check_out(const CommitId& commit,
                               const std::vector<RepositoryPath>& files) const {
  std::vector<std::string> arguments = {
      "-c", "core.hooksPath=/dev/null", "--literal-pathspecs", "checkout", "--quiet", commit.text(),
      "--"};
  for (const RepositoryPath& file : files) {
    arguments.push_back(file.text());
  }
  return in_clone(std::move(arguments));
}

Command GitCommands::reset(const CommitId& commit) const {
  return in_clone({"reset", "--quiet", "--hard", commit.text()});
}

Command GitCommands::restrict_work_tree(const std::vector<std::string>& directories) const {
  std::vector<std::string> arguments = {"sparse-checkout", "set", "--cone", "--sparse-index",
                                        "--end-of-options"};
  arguments.insert(arguments.end(), directories.begin(), directories.end());
  return in_clone(std::move(arguments));
}

Command GitCommands::extend_work_tree(const std::vector<std::string>& directories) const {
  std::vector<std::string> arguments = {"sparse-checkout", "add", "--end-of-options"};
  arguments.insert(arguments.end(), directories.begin(), directories.end());
  return in_clone(std::move(arguments));
}

// Looks at these objects alone, so the cost does not grow with the history.
Command GitCommands::pack_loose_objects() const {
  return in_clone({"maintenance", "run", "--quiet", "--task=loose-objects"});
}

Command GitCommands::remove_packed_objects() const {
  return in_clone({"prune-packed", "--quiet"});
}

Command GitCommands::collect_garbage() const {
  return in_clone({"-c", "gc.autoDetach=false", "gc", "--quiet"});
}

std::vector<std::pair<std::string, std::string>> parse_configuration(std::string_view output) {
  std::vector<std::pair<std::string, std::string>> settings;
  while (!output.empty()) {
    const auto end = output.find('\0');
    const std::string_view entry = output.substr(0, end);
    output.remove_prefix(end == std::string_view::npos ? output.size() : end + 1);
    const auto newline = entry.find('\n');
    settings.emplace_back(entry.substr(0, newline),
                          newline == std::string_view::npos ? "true" : entry.substr(newline + 1));
  }
  return settings;
}

}  // namespace engine
