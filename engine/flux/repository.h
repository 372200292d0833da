// The clone of a Flux repository and the remote behind it (specification, section 6). Local work is
// libgit2, all that reaches the remote is the user's `git`. Holds the clone's lock from open() to
// destruction; belongs to one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/host.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "engine/flux/lineage.h"
#include "engine/flux/place_history.h"
#include "engine/flux/remote.h"
#include "engine/flux/types.h"
#include "engine/git/directory_entries.h"
#include "engine/git/identity.h"
#include "engine/git/value_places.h"
#include "engine/manifest/tree.h"

namespace engine {

// Whether a fetch is followed by a push: at once, or when something else has been waited for.
enum class PushFollows : std::uint8_t { no, at_once, later };

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

  // The remote's URL as it may be shown.
  std::string shown_url() const;

  // Starts to fetch the remote's head, on a thread of its own, which also reports the progress, and
  // calls `failed` (may be empty) if the remote cannot be asked. `call.stop` ends it. Where a push
  // follows later, its connection is made meanwhile if possible; where it follows at once, it goes
  // before the fetch if that can then use its connection.
  void begin_fetch(const CallContext& call, std::function<void()> failed,
                   PushFollows push = PushFollows::no);
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
  // How a place came to the value that it has at the remote's head, which is fetched unless fetch()
  // has just done so: read_place_history().
  Result<PlaceHistory> read_history(const PlaceHistoryQuestion& question, const CallContext& call);
  // The tip of a proposal's branch (proposal_branch()) as the last fetch showed it, if the remote
  // is one with_proposals; with AGit, what was last pushed for it from this clone. Nothing if there
  // is none. Contacts nobody.
  std::optional<CommitId> proposed(const std::string& branch) const;
  // The remote's head, which is fetched unless fetch() has just done so.
  Result<RemoteHead> head(const CallContext& call);
  // How a commit stands to another one: find_lineage().
  FoundLineage lineage(const CommitId& commit, const CommitId& other, const CallContext& call);
  // What the branch of a commit has that the head has not: find_divergence().
  Result<Divergence> divergence(const CommitId& commit, const CallContext& call);
  // The lineage as far as the clone knows it.
  Lineage known_lineage(const CommitId& commit, const CommitId& other,
                        const std::function<bool()>& go_on) const;
  // Who gave the places of the head, which was fetched, their values, as far as the clone knows
  // that: GitObjectStore::value_origins(), for a fraction of a second.
  std::vector<std::optional<ValueOrigin>> value_origins(const std::vector<ValuePlace>& places,
                                                        const ReadValues& read,
                                                        const CallContext& call);
  // A file of a commit that is here, which a partial clone may have left out: `bad_path`,
  // `bad_manifest`, what fetching it fails with.
  Result<std::string> bring_file(const CommitId& commit, const RepositoryPath& path,
                                 const CallContext& call);
  // A file of a commit that was read: `bad_path`, `bad_manifest`.
  Result<std::string> read_file(const CommitId& commit, const RepositoryPath& path) const;
  // What is in a directory of such a commit; nothing where there is none.
  std::optional<DirectoryEntries> list_directory(const CommitId& commit,
                                                 const std::string& directory) const;

 private:
  class Impl;
  explicit FluxRepository(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace engine
