#include "engine/flux/proposal_standing.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/flux/push_failure.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::string_view kWhere = "the proposal";

bool is_email_of(const std::string& email, const Person& person) {
  return !email.empty() && in_lower_case(email) == in_lower_case(person.email);
}

class Standing {
 public:
  Standing(const ChangeContext& context, const Change& change, const RemoteHead& head)
      : context_(context), change_(change), head_(head), tip_(*head.proposed) {}

  Result<ProposalStanding> find(const std::vector<FileContent>& files) const {
    auto parted = context_.remote.find_divergence(head_, context_.call);
    RETURN_IF_FAILED(parted);
    if (parted->is_merged) {
      return ProposalStanding::absent;
    }
    if (context_.call.stop.stop_requested()) {
      return fail(Code::cancelled, "Cancelled before the change was pushed.");
    }
    if (parted->commits.empty() || !parted->is_linear) {
      return refuse(tip_);
    }
    for (const CommitId& commit : parted->commits) {
      if (!is_own(commit)) {
        return refuse(commit);
      }
    }
    return has_change(*parted->base, files) ? ProposalStanding::same : ProposalStanding::another;
  }

 private:
  const Identity& identity() const { return context_.identity; }

  bool is_own(const CommitId& id) const {
    const auto commit = context_.objects.describe(id);
    return commit && is_email_of(commit->author_email, identity().author) &&
           is_email_of(commit->committer_email, identity().committer) && has_our_message(*commit) &&
           changes_values_only(id, *commit);
  }

  // Whether it has the message of a rollout or of a rollback of what the target names.
  bool has_our_message(const CommitDescription& commit) const {
    const std::string& labels = change_.proposal->labels;
    const auto starts = [&](const std::string& words) {
      return commit.subject.starts_with(sanitize_line(words));
    };
    return starts("chore(" + labels + "): update image tag to ") ||
           starts("revert(" + labels + "): image tag back to ");
  }

  // The engine's editor makes its files of those before again, and its tree has no others.
  bool changes_values_only(const CommitId& id, const CommitDescription& commit) const {
    if (commit.parents.size() != 1) {
      return false;
    }
    const CommitId& parent = commit.parents.front();
    std::vector<FileContent> made;
    for (const RepositoryPath& path : change_.files()) {
      auto after = bytes_at(id, path);
      auto again = bytes_at(parent, path);
      for (const FileEdit& edit : change_.edits) {
        if (again && after && edit.file.text() == path.text()) {
          again = made_again(edit, *again, *after);
        }
      }
      if (!after || again != after) {
        return false;
      }
      made.push_back({path, std::move(*after)});
    }
    const auto tree = context_.objects.write_tree(parent, made);
    return tree && *tree == commit.tree;
  }

  static std::optional<std::string> made_again(const FileEdit& edit, std::string_view before,
                                               std::string_view after) {
    auto bytes = edit.repeat ? edit.repeat(before, after) : fail(Code::internal, "no editor");
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
  }

  // Whether merging it makes just what the change would make of the head: the files are the same,
  // and were so before.
  bool has_change(const CommitId& base, const std::vector<FileContent>& files) const {
    return std::ranges::all_of(files, [&](const FileContent& file) {
      return bytes_at(tip_, file.path) == file.bytes &&
             bytes_at(base, file.path) == bytes_at(head_.commit, file.path);
    });
  }

  std::optional<std::string> bytes_at(const CommitId& commit, const RepositoryPath& path) const {
    auto bytes = read_file(context_, commit, path, kWhere);
    return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
  }

  Failure refuse(const CommitId& id) const {
    const std::string& branch = change_.proposal->branch;
    const auto commit = context_.objects.describe(id).value_or(CommitDescription());
    Authorship by = context_.objects.authorship(id).value_or(Authorship());
    const bool is_others = !is_email_of(commit.author_email, identity().author);
    if (!is_others && !is_email_of(commit.committer_email, identity().committer)) {
      by.author = commit.committer;  // who changed it
    }
    return fail(
        Code::occupied,
        branch +
            (is_others && has_our_message(commit) ? " has another person's proposal: '"
                                                  : " has a commit that no rollout made: '") +
            commit.subject + "', by " + by.author + " " + age_of(by.time) + " ago.",
        "Nothing was changed: what is proposed there is not overwritten. Have it merged, "
        "or its request closed and the branch " +
            branch + " deleted, then roll out again.",
        {{"branch", branch}, {"commit", id.text()}, {"author", by.author}});
  }

  const ChangeContext& context_;
  const Change& change_;
  const RemoteHead& head_;
  const CommitId& tip_;
};

}  // namespace

Result<ProposalStanding> find_proposal_standing(const ChangeContext& context, const Change& change,
                                                const RemoteHead& head,
                                                const std::vector<FileContent>& files) {
  return head.proposed ? Standing(context, change, head).find(files)
                       : Result<ProposalStanding>(ProposalStanding::absent);
}

std::optional<std::string> unmerged_proposal(const ChangeContext& context,
                                             const ProposalTarget& target, const RemoteHead& head) {
  const auto commit = head.proposed ? context.objects.describe(*head.proposed) : std::nullopt;
  const auto by = commit ? context.objects.authorship(*head.proposed) : std::nullopt;
  const auto parted = by ? context.remote.find_divergence(head, context.call) : Divergence();
  if (!parted || !parted->known || parted->is_merged) {
    return std::nullopt;
  }
  return target.branch + " has a proposal that is not merged: '" + commit->subject + "', by " +
         by->author + " " + age_of(by->time) + " ago. It was left as it is.";
}

}  // namespace engine
