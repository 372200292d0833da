// Which directory is the project that a call is about. A client may have moved into another work
// tree of the repository that it was started in, as Claude does, and then neither its environment
// nor the directory of this process say so: only its roots do. The tag is made of the HEAD of the
// work tree that is found here.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/abandonable.h"
#include "engine/base/host.h"
#include "engine/base/local_files.h"
#include "engine/base/result.h"
#include "engine/checkout/project_memo.h"

namespace engine {

// What a client says of its roots.
struct ClientRoot {
  std::optional<std::filesystem::path> directory;  // the first that is a directory's path
  std::vector<std::string> warnings;               // those that are none
  // Why none is known, as in "offers no roots"; empty if the client has named one.
  std::string problem;
};

struct ClientRoots {
  // Asks the client, at most once for one call; may throw what unwinds the caller. Empty where
  // there is no client, as on the command line.
  std::function<ClientRoot()> ask;
  // To ask costs the client its whole request once more.
  bool sparingly = false;
};

struct ProjectPlace {
  std::filesystem::path directory;  // absolute, unless it is to be refused
  // What named it, for messages; empty for the directory of this process, which needs no check.
  std::string source;
  std::vector<std::string> warnings;
};

struct ProjectRequest {
  // The tool's argument; must be absolute.
  std::optional<std::string> directory;
  ClientRoots client;
  // What find_project_place() found for this request, so that all of one call is about one project.
  std::optional<ProjectPlace> place;
  // The only rwenv that the project may be set to: what was looked at, or agreed to, before the
  // engine was called.
  std::optional<std::string> rwenv;
  // That of a project which is set to none: what the user has just chosen, and is yet to be
  // written.
  std::optional<std::string> rwenv_if_none;
};

// The first of: `directory`; the client's first root if it is another work tree of the same
// repository as the next; CLAUDE_PROJECT_DIR; the client's first root; the directory of this
// process. The client is asked only where the answer may matter: where CLAUDE_PROJECT_DIR is set,
// or the client is to be asked sparingly, only if that repository has linked work trees (or if the
// directory of this process is in no work tree at all). If it has them and the client cannot say
// where it is, a warning names the work tree that is used.
//
// Does not look whether the directory is there. `timeout`, `cancelled`; `internal` where nothing
// but the working directory says which, and that is unknown. Throws what `ask` throws.
Result<ProjectPlace> find_project_place(const Host& host, const ProjectRequest& request,
                                        const CallContext& call);

// The client's first root where CLAUDE_PROJECT_DIR is not set: asks by the same rule.
Result<ClientRoot> session_root(const Host& host, const ClientRoots& client,
                                const CallContext& call);

// How long a look at the project in `directory` is waited for.
Patience project_patience(const Host& host, const std::filesystem::path& directory,
                          const CallContext& call);

// What is known of the project in `directory` without reading its files; nothing of one that is not
// known to be local.
ProjectFacts known_facts(const Host& host, const std::filesystem::path& directory,
                         const CallContext& call);

// What `work` finds in the project in `directory`, of which it may look only at what is in the
// directory itself and in its `.git`. As abandonable(), but on this thread where the files are
// known to be local. `work` must own all that it uses.
template <class T>
Result<T> look_at_project(const Host& host, const std::filesystem::path& directory,
                          const CallContext& call,
                          const std::function<Result<T>(const std::stop_token&)>& work) {
  const auto& local_files = host.local_files;
  if (!local_files) {
    return abandonable<T>(project_patience(host, directory, call), work);
  }
  if (local_files->are_known_in(directory)) {
    return work(call.stop);
  }
  return abandonable<T>(project_patience(host, directory, call),
                        [local_files, directory, work](const std::stop_token& stop) {
                          auto found = work(stop);
                          local_files->learn(directory);
                          return found;
                        });
}

}  // namespace engine
