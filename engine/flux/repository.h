// The clone of a Flux repository and the remote behind it (specification, section 6). Local work is
// libgit2, all that reaches the remote is the user's `git`. Holds the clone's lock from open() to
// destruction; belongs to one thread.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/flux/types.h"
#include "engine/git/identity.h"
#include "engine/manifest/tree.h"

namespace engine {

// The remote's head, as read.
struct FluxTree {
  std::string branch;
  CommitId commit;
  ManifestTree manifests;
};

class FluxRepository {
 public:
  // Takes the clone's lock (waiting for another rollout, within the time limit: `locked`) and makes
  // sure that there is a sound clone of the remote. Does not contact the remote.
  static Result<FluxRepository> open(const Host& host, FluxRemote remote, const CallContext& call);
  FluxRepository(FluxRepository&&) noexcept;
  FluxRepository& operator=(FluxRepository&&) noexcept;
  ~FluxRepository();

  // Whether open() has made the clone: what git configures for that repository alone was not known
  // before.
  bool is_new() const;

  // Starts to fetch the remote's head, on a thread of its own, which also reports the progress, and
  // calls `failed` (may be empty) if the remote cannot be asked. `call.stop` ends it.
  void begin_fetch(const CallContext& call, std::function<void()> failed);
  // Fetches the remote's head, or waits for the fetch that has begun; push() then need not.
  Result<void> fetch(const CallContext& call);
  // Makes the change on the remote's head, commits and pushes, again and again while others are
  // faster; afterwards the clone's work tree and HEAD stand at the pushed commit. While a fetch is
  // under way (it is begun where there was none), the first push is made on the head that the clone
  // knows, and the outcome is as if the fetch had been waited for.
  Result<PushedChange> push(const Change& change, const Identity& identity,
                            const CallContext& call);
  // Reads the manifests of the remote's head, which is fetched unless fetch() has just done so.
  // What a partial clone lacks of them is brought over one connection.
  Result<FluxTree> read_tree(const CallContext& call);
  // A file of a commit that was read: `bad_path`, `bad_manifest`.
  Result<std::string> read_file(const CommitId& commit, const RepositoryPath& path) const;

 private:
  class Impl;
  explicit FluxRepository(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace engine
