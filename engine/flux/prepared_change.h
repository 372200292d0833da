// A change made on a head: the files as they are there, edited, and the commit of that.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/flux/change_context.h"
#include "engine/flux/proposal_standing.h"
#include "engine/flux/types.h"
#include "engine/flux/value_history.h"

namespace engine {

struct PreparedEdit {
  ManifestEdit edit;
  std::string diff;

  // Whether it replaces a value, which is then edit.previous_tag.
  bool replaces() const { return edit.changed && edit.previous_tag.has_value(); }
};

struct PreparedChange {
  RemoteHead base;
  std::vector<PreparedEdit> edits;  // as in the change, and in its order
  std::optional<CommitId> commit;   // nothing for a dry run and where nothing changed
  // Of a change that is proposed; with `same` there is a commit only for AGit, whose remote alone
  // knows whether the request is open.
  ProposalStanding proposal = ProposalStanding::absent;
  // Of a change that the head has already: what to say of a proposal beside it.
  std::optional<std::string> unmerged = {};

  bool changed() const;
};

// Makes the change on `base`, which has been fetched; no ref is changed. What a partial clone lacks
// of the files is fetched. Fails as the first edit does that fails, and its `may_replace`,
// `bad_path`, `sign_failed`, `cancelled` and what git_failure() says.
Result<PreparedChange> prepare_change(const ChangeContext& context, const Change& change,
                                      const RemoteHead& base);

// Begins to look for who set the values that are replaced, if any are.
void begin_replaced(ValueHistory& history, const Change& change, const PreparedChange& prepared);
// What became of the edits, with what was found.
std::vector<AppliedEdit> finish_replaced(ValueHistory& history, const Change& change,
                                         PreparedChange prepared);

}  // namespace engine
