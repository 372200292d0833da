#include "engine/git/commands.h"

#include <utility>

#include "engine/git/work_tree_filters.h"

namespace engine {
namespace {

// The id of a tree without entries, which every git knows without having it.
constexpr std::string_view kEmptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

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
  return configuration(R"(^(core\.sshcommand|ssh\.variant)$)");
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

// Only the first fetch leaves out files, and only those larger than nearly every manifest: a file
// that is missed later costs a connection of its own, which is more than many small ones cost.
Command GitCommands::fetch(std::string_view branch, History history) const {
  std::vector<std::string> arguments = {"fetch",
                                        "--no-progress",
                                        "--no-tags",
                                        "--no-prune",
                                        "--no-write-fetch-head",
                                        "--no-auto-maintenance",
                                        "--no-recurse-submodules",
                                        "--refmap="};
  if (history == History::needed || history == History::newest_commit) {
    arguments.emplace_back("--depth=1");
  } else if (history == History::whole) {
    arguments.emplace_back("--unshallow");
  }
  arguments.emplace_back(history == History::needed ? "--filter=blob:limit=1m" : "--no-filter");
  arguments.emplace_back(kRemote);
  arguments.push_back("+" + branch_ref(branch) + ":" + kFetchRef);
  return in_clone(std::move(arguments));
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

Command GitCommands::list_head() const {
  return in_clone({"ls-remote", "--symref", std::string(kRemote), "HEAD", branch_ref("main")});
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

Command GitCommands::push(std::string_view branch, const CommitId& commit,
                          const CommitId& expected) const {
  return in_clone({"push", "--porcelain", "--no-follow-tags", "--recurse-submodules=no",
                   "--force-with-lease=" + branch_ref(branch) + ":" + expected.text(),
                   std::string(kRemote), commit.text() + ":" + branch_ref(branch)});
}

Command GitCommands::list_changes() const {
  return in_clone({"--no-optional-locks", "status", "--porcelain=v1", "-z", "--untracked-files=no",
                   "--no-renames", "--ignore-submodules=dirty"});
}

// As a reset does, it runs no hook.
Command GitCommands::check_out(const CommitId& commit, const std::string& file) const {
  return in_clone({"-c", "core.hooksPath=/dev/null", "--literal-pathspecs", "checkout", "--quiet",
                   commit.text(), "--", file});
}

Command GitCommands::reset(const CommitId& commit) const {
  return in_clone({"reset", "--quiet", "--hard", commit.text()});
}

Command GitCommands::restrict_work_tree(const std::string& directory) const {
  return in_clone(
      {"sparse-checkout", "set", "--cone", "--sparse-index", "--end-of-options", directory});
}

Command GitCommands::extend_work_tree(const std::string& directory) const {
  return in_clone({"sparse-checkout", "add", "--end-of-options", directory});
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
