// What a rollout has to do with a Flux repository: its remote, a change, and what became of that.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/image_tag.h"
#include "engine/base/repository_path.h"
#include "engine/base/result.h"
#include "engine/flux/proposal.h"
#include "engine/git/authorship.h"
#include "engine/git/directory_entries.h"
#include "engine/git/flux_remote.h"
#include "engine/manifest/edit.h"

namespace engine {

// The head that a change is made on, as far as the clone has it: nothing is fetched for it.
struct HeadView {
  const std::string& branch;
  // The bytes of a file; fails as GitObjectStore::read_file() does, and if the clone does not have
  // the blob.
  std::function<Result<std::string>(const std::string& path)> read_file;
  // As GitObjectStore::list_directory().
  std::function<std::optional<DirectoryEntries>(const std::string& path)> list_directory;
};

// The value that a change replaces.
struct ReplacedValue {
  std::string tag;
  std::optional<ValueOrigin> origin = {};  // as far as the clone's history shows it
};

// Looks in the clone's history for whose value is replaced, which takes a fraction of a second.
using FindReplaced = std::function<ReplacedValue(const std::string& tag)>;

// One edit of one file, to be made on whatever the remote's head is. `edit` and `examine` may run
// several times; what counts is the last.
struct FileEdit {
  RepositoryPath file;
  std::function<Result<ManifestEdit>(std::string_view bytes)> edit;
  // Looks at the head that the edit was made on for whatever else the caller needs; may be empty.
  // `edit.bytes` is the file with the edits so far.
  std::function<void(const HeadView& head, const ManifestEdit& edit)> examine = {};
  // What the edit would replace in these bytes, to find it in the history; may be empty: then
  // nobody looks.
  ReadValue value = {};
  // `before` with the value that the place has in `after`: what the edit makes if it sets that. To
  // judge what a proposal has changed; without it none counts as ours.
  std::function<Result<std::string>(std::string_view before, std::string_view after)> repeat = {};
  // Asked before a commit that replaces these tags is made; if it fails, the push fails with that.
  // `find` says more about one of them. May be empty. Other rollouts wait meanwhile, so it must not
  // wait for a person.
  std::function<Result<void>(const std::vector<std::string>& tags, const FindReplaced& find)>
      may_replace = {};
  // What failures and warnings of this edit begin with, before a colon; may be empty.
  std::string label = {};
};

// Edits that are made together, by one commit, or not at all. Those of one file are made one after
// the other.
struct Change {
  std::vector<FileEdit> edits;  // at least one
  std::string message;          // of the commit
  bool dry_run = false;
  // The change is proposed, rather than pushed to the branch; the FluxRemote names the same
  // proposal.
  std::optional<ProposalTarget> proposal = {};

  // Of the edits, each once.
  std::vector<RepositoryPath> files() const;
};

// What became of one edit.
struct AppliedEdit {
  bool changed = false;  // false: the remote had it already
  std::optional<std::string> previous_tag = {};
  std::string diff = {};
  std::optional<ReplacedValue> replaced = {};   // nothing if unchanged, or if there was no value
  std::vector<std::string> also_replaced = {};  // see ManifestEdit
};

// What became of a change.
struct PushedChange {
  // false: the remote had all of it already, on the branch or in the proposal; no commit, no push
  bool changed = false;
  std::string branch;
  CommitId head;                   // the remote's head that the change was made on
  std::optional<CommitId> commit;  // pushed; nothing if unchanged or a dry run
  std::int64_t attempts = 0;
  std::vector<AppliedEdit> edits;  // as in the change, and in its order
  std::vector<std::string>
      warnings;  // the remote's notices; another person changed the same entry meanwhile
  // Of Change::proposal; nothing where the branch itself has the change.
  std::optional<PushedProposal> proposal = {};
};

}  // namespace engine
