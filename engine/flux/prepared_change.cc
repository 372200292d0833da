#include "engine/flux/prepared_change.h"

#include <utility>

#include "engine/git/unified_diff.h"

namespace engine {
namespace {

Result<std::string> read_file(Remote& remote, const ObjectStore& objects,
                              const RepositoryPath& file, const RemoteHead& base,
                              const CallContext& call) {
  const std::string url = remote.names().url;
  if (const auto missing = objects.missing_blob(base.commit, file)) {
    call.report("fetching " + file.text() + " of " + url);
    RETURN_IF_FAILED(remote.fetch_blob(*missing, call.stop));
  }
  return objects.read_file(base.commit, file, "branch " + base.branch + " of " + url);
}

Result<CommitId> make_commit(const ObjectStore& objects, const Change& change,
                             const Identity& identity, const CommitId& parent,
                             const std::string& bytes, const CallContext& call) {
  auto tree = objects.write_tree(parent, change.file, bytes);
  RETURN_IF_FAILED(tree);
  if (!identity.sign_commits) {
    return objects.write_commit(*tree, parent, change.message, identity);
  }
  call.report("signing the commit");
  return objects.write_signed_commit(*tree, parent, change.message, identity, call.stop);
}

}  // namespace

Result<PreparedChange> prepare_change(Remote& remote, const ObjectStore& objects,
                                      const Change& change, const Identity& identity,
                                      const RemoteHead& base, const CallContext& call) {
  auto before = read_file(remote, objects, change.file, base, call);
  RETURN_IF_FAILED(before);
  auto edit = change.edit(*before);
  RETURN_IF_FAILED(edit);
  PreparedChange prepared{.base = base, .edit = std::move(*edit), .diff = {}, .commit = {}};
  if (!prepared.edit.changed) {
    return prepared;
  }
  auto diff = unified_diff(change.file.text(), *before, prepared.edit.bytes);
  RETURN_IF_FAILED(diff);
  prepared.diff = std::move(*diff);
  if (change.dry_run) {
    return prepared;
  }
  auto commit = make_commit(objects, change, identity, base.commit, prepared.edit.bytes, call);
  RETURN_IF_FAILED(commit);
  prepared.commit = std::move(*commit);
  return prepared;
}

}  // namespace engine
