#include "engine/flux/clone_directory.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <system_error>
#include <vector>

#include <sys/stat.h>

#include "engine/base/file_error.h"
#include "engine/flux/clone_configuration.h"
#include "engine/flux/clone_trust.h"
#include "engine/git/commands.h"
#include "engine/git/handles.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kFresh{10};
constexpr std::chrono::milliseconds kLockPatience{2000};
constexpr std::chrono::milliseconds kLockPoll{50};

// The branch that a clone follows, as `git clone` notes it.
constexpr const char* kRemoteHead = "refs/remotes/origin/HEAD";

// Every value of a setting in the repository's own configuration.
std::vector<std::string> settings_of(git_config* config, const char* key) {
  std::vector<std::string> values;
  const auto append = [](const git_config_entry* entry, void* payload) {
    static_cast<std::vector<std::string>*>(payload)->emplace_back(entry->value);
    return 0;
  };
  git_config_get_multivar_foreach(config, key, nullptr, append, &values);
  return values;
}

Failure libgit2_failure(std::string_view doing, const fs::path& clone) {
  return Failure(git_library_error(std::string(doing) + " " + clone.string(),
                                   sanitize_line(last_git_error()),
                                   "Make sure that you own the directory and may write there."));
}

bool is_lock(const fs::directory_entry& entry) {
  std::error_code error;
  return entry.path().extension() == ".lock" &&
         entry.symlink_status(error).type() == fs::file_type::regular;
}

// The lock files of the repository itself and of its refs.
std::vector<fs::path> find_locks(const fs::path& git_directory) {
  std::vector<fs::path> locks;
  std::error_code error;
  for (const char* const directory : {"", "objects/info", "info"}) {
    for (fs::directory_iterator entry(git_directory / directory, error), end;
         !error && entry != end; entry.increment(error)) {
      if (is_lock(*entry)) {
        locks.push_back(entry->path());
      }
    }
  }
  for (fs::recursive_directory_iterator entry(git_directory / "refs", error), end;
       !error && entry != end; entry.increment(error)) {
    if (is_lock(*entry)) {
      locks.push_back(entry->path());
    }
  }
  return locks;
}

bool is_fresh(const fs::path& file) {
  std::error_code error;
  const auto written = fs::last_write_time(file, error);
  return !error && fs::file_time_type::clock::now() - written < kFresh;
}

bool is_strange(const fs::path& path) {
  std::error_code error;
  const fs::file_type type = fs::symlink_status(path, error).type();
  return type != fs::file_type::not_found && type != fs::file_type::regular &&
         type != fs::file_type::directory;
}

// A pack that a crash of the system left without its bytes. Git might fetch what it lacks without
// end (2.47 does).
bool is_lost_pack(const fs::directory_entry& entry) {
  constexpr std::uintmax_t kMin = 12 + 20;  // its header, and the SHA-1 of all (gitformat-pack)
  std::error_code error;
  const bool is_pack = entry.path().extension() == ".pack" && entry.is_regular_file(error);
  return is_pack && entry.file_size(error) < kMin && !error;
}

// Something else than a file where git and libgit2 read one, or a pack that is none. A pipe would
// be waited for, and no time limit ends that.
bool has_broken_file(const fs::path& git_directory) {
  for (const char* const name :
       {"HEAD", "packed-refs", "index", "shallow", "commondir", "info/attributes", "info/exclude",
        "info/grafts", "info/sparse-checkout", "objects/info/alternates", "objects/info/packs"}) {
    if (is_strange(git_directory / name)) {
      return true;
    }
  }
  std::error_code error;
  for (fs::directory_iterator entry(git_directory / "objects/pack", error), end;
       !error && entry != end; entry.increment(error)) {
    if (is_strange(entry->path()) || is_lost_pack(*entry)) {
      return true;
    }
  }
  for (fs::recursive_directory_iterator entry(git_directory / "refs", error), end;
       !error && entry != end; entry.increment(error)) {
    if (is_strange(entry->path())) {
      return true;
    }
  }
  return false;
}

}  // namespace

Result<std::optional<std::string>> defect_of_clone(const Host& host, const FluxRemote& remote,
                                                   const CloneSession& session,
                                                   const CallContext& call) {
  const fs::path& clone = remote.clone;
  std::error_code error;
  if (!fs::exists(fs::symlink_status(clone, error))) {
    return std::optional<std::string>("there is none yet");
  }
  if (auto writable = writable_by_others(clone)) {
    return writable;
  }
  if (!fs::is_directory(fs::symlink_status(clone / ".git", error))) {
    return std::optional<std::string>("it is not a repository");
  }
  if (!fs::is_regular_file(clone / ".git/config", error) || has_broken_file(clone / ".git")) {
    return std::optional<std::string>("it is broken");
  }
  // Before it is opened: libgit2 1.9 leaks memory where it cannot parse the configuration.
  auto defect = defect_of_configuration(host, remote, call);
  if (!defect || *defect) {
    return defect;
  }
  const auto repository = session.repository();
  if (!repository) {
    return std::optional<std::string>("it cannot be opened");
  }
  if (!git_new<GitReference>(git_reference_lookup, repository.get(), "HEAD")) {
    return std::optional<std::string>("it is broken");
  }
  return std::optional<std::string>();
}

Result<void> make_clone(const fs::path& clone, const RemoteUrl& url) {
  start_libgit2();
  constexpr mode_t kOwnerOnly = 0700;
  // Above all that follows: what libgit2 makes has the umask's mode.
  if (::mkdir(clone.c_str(), kOwnerOnly) != 0) {
    return Failure(file_error("make the directory", clone, errno));
  }
  git_repository_init_options options = GIT_REPOSITORY_INIT_OPTIONS_INIT;
  options.flags = GIT_REPOSITORY_INIT_NO_REINIT;
  options.mode = kOwnerOnly;
  options.initial_head = "main";
  const GitRepository repository =
      git_new<GitRepository>(git_repository_init_ext, clone.c_str(), &options);
  if (!repository) {
    return libgit2_failure("make a clone in", clone);
  }
  const std::string refspec =
      "+" + GitCommands::branch_ref("main") + ":" + GitCommands::tracking_ref("main");
  // Written by hand: git_remote_create() would read the settings with a matcher that leaks
  // (libgit2 1.5).
  const GitConfig config = git_new<GitConfig>(git_repository_config, repository.get());
  const std::string section = "remote." + std::string(GitCommands::kRemote);
  // The URL last, because a repository without it is not taken for a clone.
  if (!config ||
      git_config_set_string(config.get(), (section + ".fetch").c_str(), refspec.c_str()) != 0 ||
      git_config_set_string(config.get(), (section + ".url").c_str(),
                            url.with_userinfo().c_str()) != 0) {
    return libgit2_failure("configure the clone in", clone);
  }
  return {};
}

Result<void> follow_branch(const CloneSession& session, const std::string& branch) {
  const auto repository = session.repository();
  const GitConfig config =
      repository ? git_new<GitConfig>(git_repository_config, repository.get()) : GitConfig();
  if (!config) {
    return libgit2_failure("open the clone in", session.clone());
  }
  const GitReference reference =
      git_new<GitReference>(git_reference_symbolic_create, repository.get(), kRemoteHead,
                            GitCommands::tracking_ref(branch).c_str(), 1, "remote HEAD");
  const std::vector<std::string> refspecs = settings_of(config.get(), "remote.origin.fetch");
  const bool whole = std::ranges::any_of(
      refspecs, [](const std::string& refspec) { return refspec.find('*') != std::string::npos; });
  const std::string refspec =
      "+" + GitCommands::branch_ref(branch) + ":" + GitCommands::tracking_ref(branch);
  if (!reference || (!whole && git_config_set_multivar(config.get(), "remote.origin.fetch", ".*",
                                                       refspec.c_str()) != 0)) {
    return libgit2_failure("configure the clone in", session.clone());
  }
  return {};
}

std::string followed_branch(const CloneSession& session) {
  const std::string fallback = "main";
  const auto repository = session.repository();
  const GitReference head =
      repository ? git_new<GitReference>(git_reference_lookup, repository.get(), kRemoteHead)
                 : GitReference();
  const char* const target = head ? git_reference_symbolic_target(head.get()) : nullptr;
  const std::string prefix = GitCommands::tracking_ref("");
  const std::string_view name = target == nullptr ? std::string_view() : target;
  return name.starts_with(prefix) ? std::string(name.substr(prefix.size())) : fallback;
}

namespace {

// False where the refs cannot be written.
bool set_ref(git_repository* repository, const std::string& ref, const CommitId& commit) {
  git_oid oid{};
  if (repository == nullptr || git_oid_fromstr(&oid, commit.text().c_str()) != 0) {
    return false;
  }
  git_oid known{};
  const bool noted = git_reference_name_to_id(&known, repository, ref.c_str()) == 0 &&
                     git_oid_equal(&known, &oid) != 0;
  return noted || git_new<GitReference>(git_reference_create, repository, ref.c_str(), &oid, 1,
                                        "rollout: fetched") != nullptr;
}

}  // namespace

bool update_tracking_ref(const CloneSession& session, const std::string& branch,
                         const CommitId& commit) {
  const auto repository = session.repository();
  if (!set_ref(repository.get(), GitCommands::tracking_ref(branch), commit)) {
    return false;
  }
  git_reference_remove(repository.get(), GitCommands::kFetchRef);
  return true;
}

void note_pushed(const CloneSession& session, const std::string& branch, const CommitId& commit) {
  set_ref(session.repository().get(), GitCommands::tracking_ref(branch), commit);
}

void note_proposal(const CloneSession& session, const std::string& branch, const CommitId& commit) {
  set_ref(session.repository().get(), GitCommands::proposal_ref(branch), commit);
}

void remove_fetch_ref(const CloneSession& session) {
  if (const auto repository = session.repository()) {
    git_reference_remove(repository.get(), GitCommands::kFetchRef);
  }
}

void remove_remains_of_fetch(const CloneSession& session, fs::file_time_type begin) {
  remove_fetch_ref(session);
  // The clocks of some file systems are coarse.
  begin -= std::chrono::seconds(1);
  std::error_code error;
  std::vector<fs::path> remains;
  for (fs::directory_iterator entry(session.clone() / ".git/objects/pack", error), end;
       !error && entry != end; entry.increment(error)) {
    std::error_code gone;
    if (entry->path().filename().string().starts_with("tmp_") &&
        entry->last_write_time(gone) >= begin && !gone) {
      remains.push_back(entry->path());
    }
  }
  for (const fs::path& file : remains) {
    fs::remove(file, error);
  }
}

Result<void> clear_stale_locks(const fs::path& clone, Clock& clock, const CallContext& call) {
  const fs::path git_directory = clone / ".git";
  std::error_code error;
  if (!fs::is_directory(fs::symlink_status(git_directory, error))) {
    return {};
  }
  const auto end = clock.now() + kLockPatience;
  std::vector<fs::path> locks = find_locks(git_directory);
  if (std::ranges::any_of(locks, is_fresh)) {
    call.report("waiting for another git in the clone");
  }
  while (std::ranges::any_of(locks, is_fresh) && clock.now() < end) {
    if (!clock.sleep(kLockPoll, call.stop)) {
      return fail(Code::cancelled, "Cancelled while another git worked in the clone.");
    }
    locks = find_locks(git_directory);
  }
  for (const fs::path& lock : locks) {
    if (!fs::remove(lock, error) && error) {
      return Failure(file_error("remove the stale lock", lock, error));
    }
  }
  return {};
}

}  // namespace engine
