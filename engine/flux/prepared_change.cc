#include "engine/flux/prepared_change.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "engine/git/unified_diff.h"

namespace engine {
namespace {

void examine(const ObjectStore& objects, const FileEdit& wanted, const RemoteHead& base,
             const ManifestEdit& edit) {
  if (!wanted.examine) {
    return;
  }
  const auto read = [&](const std::string& path) -> Result<std::string> {
    auto file = RepositoryPath::parse(path, "file");
    RETURN_IF_FAILED(file);
    if (objects.missing_blob(base.commit, *file)) {
      return fail(Code::internal, file->text() + " is not in the clone.");
    }
    return objects.read_file(base.commit, *file, "branch " + base.branch);
  };
  const auto list = [&](const std::string& path) {
    return objects.list_directory(base.commit, path);
  };
  wanted.examine({base.branch, read, list}, edit);
}

// The files as the edits so far have left them, each once.
class EditedFiles {
 public:
  EditedFiles(const ChangeContext& context, const RemoteHead& base)
      : context_(context), base_(base) {}

  Result<PreparedEdit> apply(const FileEdit& wanted) {
    auto bytes = bytes_of(wanted.file);
    RETURN_IF_FAILED(bytes);
    std::string& before = **bytes;
    auto edit = wanted.edit(before);
    RETURN_IF_FAILED(edit);
    examine(context_.objects, wanted, base_, *edit);
    PreparedEdit prepared{.edit = std::move(*edit), .diff = {}};
    if (prepared.edit.changed) {
      auto diff = unified_diff(wanted.file.text(), before, prepared.edit.bytes);
      RETURN_IF_FAILED(diff);
      prepared.diff = std::move(*diff);
      before = std::move(prepared.edit.bytes);
    }
    return prepared;
  }

  const std::vector<FileContent>& files() const { return files_; }

 private:
  Result<std::string*> bytes_of(const RepositoryPath& path) {
    const auto known = std::ranges::find(
        files_, path.text(), [](const FileContent& file) -> auto& { return file.path.text(); });
    if (known != files_.end()) {
      return &known->bytes;
    }
    auto bytes = read_file(context_, base_.commit, path,
                           "branch " + base_.branch + " of " + context_.remote.names().url);
    RETURN_IF_FAILED(bytes);
    return &files_.emplace_back(FileContent{path, std::move(*bytes)}).bytes;
  }

  const ChangeContext& context_;
  const RemoteHead& base_;
  std::vector<FileContent> files_;
};

Failure labelled(const FileEdit& edit, Error error) {
  if (!edit.label.empty()) {
    error.message = edit.label + ": " + error.message;
  }
  return Failure(std::move(error));
}

PlaceWithValue place_of(const FileEdit& edit, const PreparedEdit& prepared) {
  return {edit.file, *prepared.edit.previous_tag, edit.value};
}

bool is_looked_for(const FileEdit& edit, const PreparedEdit& prepared) {
  return prepared.replaces() && edit.value;
}

Result<void> ask_to_replace(const ChangeContext& context, const FileEdit& edit,
                            const PreparedEdit& prepared, const CommitId& head) {
  if (!edit.may_replace || !prepared.replaces()) {
    return {};
  }
  std::vector<std::string> tags = {*prepared.edit.previous_tag};
  tags.insert(tags.end(), prepared.edit.also_replaced.begin(), prepared.edit.also_replaced.end());
  return edit.may_replace(tags, [&](const std::string& tag) {
    ReplacedValue replaced{tag};
    if (edit.value && tag == *prepared.edit.previous_tag) {
      context.history.begin(head, {place_of(edit, prepared)});
      const auto origins = context.history.finish();
      replaced.origin = origins.empty() ? std::nullopt : origins.front();
    }
    return replaced;
  });
}

Result<CommitId> make_commit(const ChangeContext& context, const Change& change,
                             const CommitId& parent, const std::vector<FileContent>& files) {
  const ObjectStore& objects = context.objects;
  const Identity& identity = context.identity;
  auto tree = objects.write_tree(parent, files);
  RETURN_IF_FAILED(tree);
  if (!identity.sign_commits) {
    return objects.write_commit(*tree, parent, change.message, identity);
  }
  context.call.report("signing the commit");
  return objects.write_signed_commit(*tree, parent, change.message, identity, context.call.stop);
}

}  // namespace

namespace {

// Whether there is nothing to commit, because the proposal has the change.
Result<bool> is_proposed(const ChangeContext& context, const Change& change,
                         const std::vector<FileContent>& files, PreparedChange& prepared) {
  if (!change.proposal) {
    return false;
  }
  if (!prepared.changed()) {
    // Of AGit, only this clone knows what it pushed, and not whether the request is open.
    if (change.proposal->way != ProposalTarget::Way::agit) {
      prepared.unmerged = unmerged_proposal(context, *change.proposal, prepared.base);
    }
    return false;
  }
  auto standing = find_proposal_standing(context, change, prepared.base, files);
  RETURN_IF_FAILED(standing);
  prepared.proposal = *standing;
  if (*standing == ProposalStanding::same && change.proposal->renew) {
    prepared.proposal = ProposalStanding::another;
  }
  if (prepared.proposal != ProposalStanding::same) {
    return false;
  }
  if (change.proposal->way == ProposalTarget::Way::agit && !change.dry_run) {
    prepared.commit = prepared.base.proposed;
  }
  return true;
}

}  // namespace

bool PreparedChange::changed() const {
  return std::ranges::any_of(edits, [](const PreparedEdit& edit) { return edit.edit.changed; });
}

Result<PreparedChange> prepare_change(const ChangeContext& context, const Change& change,
                                      const RemoteHead& base) {
  PreparedChange prepared{.base = base, .edits = {}, .commit = {}};
  EditedFiles files(context, base);
  for (const FileEdit& edit : change.edits) {
    auto applied = files.apply(edit);
    if (!applied) {
      return labelled(edit, std::move(applied.error()));
    }
    prepared.edits.push_back(std::move(*applied));
  }
  auto proposed = is_proposed(context, change, files.files(), prepared);
  RETURN_IF_FAILED(proposed);
  if (*proposed || change.dry_run || !prepared.changed()) {
    return prepared;
  }
  for (std::size_t i = 0; i < change.edits.size(); ++i) {
    if (auto asked = ask_to_replace(context, change.edits[i], prepared.edits[i], base.commit);
        !asked) {
      return labelled(change.edits[i], std::move(asked.error()));
    }
  }
  auto commit = make_commit(context, change, base.commit, files.files());
  RETURN_IF_FAILED(commit);
  prepared.commit = std::move(*commit);
  return prepared;
}

void begin_replaced(ValueHistory& history, const Change& change, const PreparedChange& prepared) {
  std::vector<PlaceWithValue> places;
  for (std::size_t i = 0; i < change.edits.size(); ++i) {
    if (is_looked_for(change.edits[i], prepared.edits[i])) {
      places.push_back(place_of(change.edits[i], prepared.edits[i]));
    }
  }
  if (!places.empty()) {
    history.begin(prepared.base.commit, std::move(places));
  }
}

std::vector<AppliedEdit> finish_replaced(ValueHistory& history, const Change& change,
                                         PreparedChange prepared) {
  const auto origins = history.finish();
  auto origin = origins.begin();
  std::vector<AppliedEdit> applied;
  for (std::size_t i = 0; i < change.edits.size(); ++i) {
    PreparedEdit& edit = prepared.edits[i];
    AppliedEdit& of_edit = applied.emplace_back(AppliedEdit{.changed = edit.edit.changed});
    if (edit.replaces()) {
      of_edit.replaced = ReplacedValue{*edit.edit.previous_tag};
    }
    if (is_looked_for(change.edits[i], edit) && origin != origins.end()) {
      of_edit.replaced->origin = *origin++;
    }
    of_edit.previous_tag = std::move(edit.edit.previous_tag);
    of_edit.also_replaced = std::move(edit.edit.also_replaced);
    of_edit.diff = std::move(edit.diff);
  }
  return applied;
}

}  // namespace engine
