#include "engine/flux/clone_configuration.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>

#include "engine/git/commands.h"
#include "engine/git/failure.h"
#include "engine/git/handles.h"
#include "engine/process/runner.h"
#include "engine/text/ascii.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> values_of(const GitSettings& settings, std::string_view key) {
  std::vector<std::string> values;
  for (const auto& [name, value] : settings) {
    if (name == key) {
      values.push_back(value);
    }
  }
  return values;
}

bool is_same_directory(const fs::path& left, const fs::path& right) {
  std::error_code error;
  return fs::equivalent(left, right, error) && !error;
}

// As git reads a boolean, what is none being true here.
bool is_true(const std::string& value) {
  constexpr std::array<std::string_view, 5> kFalse = {"false", "no", "off", "0", ""};
  return std::ranges::find(kFalse, in_lower_case(value)) == kFalse.end();
}

// core.sharedRepository as a mode, "0600", or one of git's words for none.
bool is_shared(const std::string& value) {
  return is_true(value) && in_lower_case(value) != "umask" && value != "0600" && value != "0700";
}

bool begins_section(std::string_view key, std::string_view section) {
  return key.starts_with(section) && key.size() > section.size() && key[section.size()] == '.';
}

// Of the settings that give the prefix of a URL another one, those that would change ours.
bool rewrites(const std::pair<std::string, std::string>& setting, const RemoteUrl& url) {
  const auto& [key, prefix] = setting;
  return begins_section(key, "url") &&
         (key.ends_with(".insteadof") || key.ends_with(".pushinsteadof")) &&
         url.with_userinfo().starts_with(prefix);
}

bool includes_others(const GitSettings& settings) {
  return std::ranges::any_of(settings, [](const auto& setting) {
    return begins_section(setting.first, "include") || begins_section(setting.first, "includeif");
  });
}

// The settings of one file; nothing if it cannot be read.
std::optional<GitSettings> read_settings(const fs::path& file) {
  const GitConfig config = git_new<GitConfig>(git_config_open_ondisk, file.c_str());
  if (!config) {
    return std::nullopt;
  }
  GitSettings settings;
  const auto append = [](const git_config_entry* entry, void* payload) {
    static_cast<GitSettings*>(payload)->emplace_back(
        entry->name, entry->value == nullptr ? "true" : entry->value);
    return 0;
  };
  if (git_config_foreach(config.get(), append, &settings) != 0) {
    return std::nullopt;
  }
  return settings;
}

std::optional<GitSettings> read_own_settings(const fs::path& clone) {
  auto settings = read_settings(clone / ".git/config");
  const fs::path of_work_tree = clone / ".git/config.worktree";
  std::error_code error;
  if (!settings || !fs::exists(fs::symlink_status(of_work_tree, error))) {
    return settings;
  }
  // A pipe would be waited for.
  const auto more = fs::is_regular_file(of_work_tree, error) ? read_settings(of_work_tree)
                                                             : std::optional<GitSettings>();
  if (!more) {
    return std::nullopt;
  }
  settings->insert(settings->end(), more->begin(), more->end());
  return settings;
}

// With what is included under whatever condition, as git has it.
Result<std::optional<GitSettings>> ask_for_settings(const Host& host, const FluxRemote& remote,
                                                    const CallContext& call) {
  const GitCommands commands(host.environment, remote.tls, remote.clone, std::nullopt);
  std::vector<Command> asking = {commands.own_configuration()};
  std::error_code error;
  if (fs::exists(remote.clone / ".git/config.worktree", error)) {
    asking.push_back(commands.own_work_tree_configuration());
  }
  GitSettings settings;
  for (const Command& command : asking) {
    const ProcessResult completion = host.runner.run(command, call.stop);
    if (completion.kind != ProcessResult::Kind::exited) {
      return Failure(
          git_not_run(completion, "read the configuration of the clone", host.time_limit));
    }
    if (!completion.ok()) {
      return std::optional<GitSettings>();
    }
    const GitSettings read = parse_configuration(completion.out);
    // Where that file is not in use, git lists the same again.
    if (read != settings) {
      settings.insert(settings.end(), read.begin(), read.end());
    }
  }
  return std::optional(std::move(settings));
}

}  // namespace

std::optional<std::string> defect_of_settings(const GitSettings& settings,
                                              const FluxRemote& remote) {
  const fs::path& clone = remote.clone;
  const std::vector<std::string> bare = values_of(settings, "core.bare");
  const std::vector<std::string> work_trees = values_of(settings, "core.worktree");
  if ((!bare.empty() && is_true(bare.back())) ||
      std::ranges::any_of(work_trees, [&](const std::string& work_tree) {
        return !is_same_directory(clone / ".git" / work_tree, clone);
      })) {
    return "it has no work tree of its own";
  }
  const std::vector<std::string> formats = values_of(settings, "extensions.objectformat");
  if (!formats.empty() && formats.back() != "sha1") {
    return "its objects are of another format";
  }
  const std::vector<std::string> urls = values_of(settings, "remote.origin.url");
  if (urls.size() != 1 || urls.front() != remote.url.with_userinfo()) {
    return "it belongs to another remote";
  }
  if (!values_of(settings, "remote.origin.pushurl").empty()) {
    return "it pushes to another remote";
  }
  if (!values_of(settings, "remote.origin.mirror").empty()) {
    return "it is a mirror";
  }
  if (std::ranges::any_of(settings,
                          [&](const auto& setting) { return rewrites(setting, remote.url); })) {
    return "it rewrites the URL of the remote";
  }
  for (const std::string_view how :
       {"remote.origin.vcs", "remote.origin.uploadpack", "remote.origin.receivepack"}) {
    if (!values_of(settings, how).empty()) {
      return "it reaches the remote by another program";
    }
  }
  const std::vector<std::string> shared = values_of(settings, "core.sharedrepository");
  if (!shared.empty() && is_shared(shared.back())) {
    return "it is shared with other users";
  }
  return std::nullopt;
}

Result<std::optional<std::string>> defect_of_configuration(const Host& host,
                                                           const FluxRemote& remote,
                                                           const CallContext& call) {
  start_libgit2();
  std::error_code error;
  if (fs::exists(fs::symlink_status(remote.clone / ".git/commondir", error))) {
    return std::optional<std::string>("it is a work tree of another repository");
  }
  auto settings = read_own_settings(remote.clone);
  if (settings && includes_others(*settings)) {
    auto all = ask_for_settings(host, remote, call);
    RETURN_IF_FAILED(all);
    settings = std::move(*all);
  }
  return settings ? defect_of_settings(*settings, remote)
                  : std::optional<std::string>("its configuration cannot be read");
}

}  // namespace engine
