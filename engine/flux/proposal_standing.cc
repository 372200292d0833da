#include "engine/flux/proposal_standing.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/flux/push_failure.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

bool is_email_of(const std::string& email, const Person& person) {
  return in_lower_case(email) == in_lower_case(person.email);
}

bool is_of(const CommitDescription& commit, const Identity& identity) {
  const bool unknown = identity.author.email.empty() && identity.committer.email.empty();
  return unknown || is_email_of(commit.author_email, identity.author) ||
         is_email_of(commit.committer_email, identity.committer);
}

// Whether it has the message of a rollout or of a rollback of what the target names.
bool has_our_message(const CommitDescription& commit, const ProposalTarget& target) {
  const auto starts = [&](const std::string& words) {
    return commit.subject.starts_with(sanitize_line(words));
  };
  return starts("chore(" + target.labels + "): update image tag to ") ||
         starts("revert(" + target.labels + "): image tag back to ");
}

// The file as the proposal has it; nothing if that is not here.
std::optional<std::string> bytes_at(const ObjectStore& objects, const CommitId& commit,
                                    const RepositoryPath& path) {
  if (objects.missing_blob(commit, path)) {
    return std::nullopt;
  }
  auto bytes = objects.read_file(commit, path, "the proposal");
  return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

// Whether it changes none but these files, as far as the clone can tell.
bool changes_only(const ObjectStore& objects, const CommitId& tip, const CommitDescription& commit,
                  const std::vector<FileContent>& files) {
  const CommitId& parent = commit.parents.front();
  if (!objects.describe(parent)) {
    return true;
  }
  std::vector<FileContent> theirs;
  for (const FileContent& file : files) {
    if (auto bytes = bytes_at(objects, tip, file.path)) {
      theirs.push_back({file.path, std::move(*bytes)});
    }
  }
  const auto tree = objects.write_tree(parent, theirs);
  return tree && *tree == commit.tree;
}

// Whether merging it makes just what the change would make of `head`: the files are the same, and
// were so before, as far as the clone can tell.
bool has_change(const ObjectStore& objects, const CommitId& tip, const CommitId& parent,
                const CommitId& head, const std::vector<FileContent>& files) {
  const bool knows_parent = objects.describe(parent).has_value();
  return std::ranges::all_of(files, [&](const FileContent& file) {
    return bytes_at(objects, tip, file.path) == file.bytes &&
           (!knows_parent ||
            bytes_at(objects, parent, file.path) == bytes_at(objects, head, file.path));
  });
}

Failure occupied(const ProposalTarget& target, const CommitId& tip, const Authorship& by,
                 std::string message) {
  return fail(Code::occupied, std::move(message),
              "Nothing was changed: what is proposed there is not overwritten. Have it merged, or "
              "its request closed and the branch " +
                  target.branch + " deleted, then roll out again.",
              {{"branch", target.branch}, {"commit", tip.text()}, {"author", by.author}});
}

}  // namespace

Result<ProposalStanding> find_proposal_standing(const ObjectStore& objects,
                                                const ProposalTarget& target,
                                                const Identity& identity, const RemoteHead& head,
                                                const std::vector<FileContent>& files) {
  const auto commit = head.proposed ? objects.describe(*head.proposed) : std::nullopt;
  if (!commit) {
    return ProposalStanding::absent;
  }
  const CommitId& tip = *head.proposed;
  const CommitId& below = commit->parents.empty() ? tip : commit->parents.front();
  if (head.commit == tip || (tip != below && objects.contains(head.commit, tip, below))) {
    return ProposalStanding::absent;
  }
  const Authorship by = objects.authorship(tip).value_or(Authorship());
  if (!is_of(*commit, identity)) {
    return occupied(target, tip, by,
                    target.branch + " has another person's proposal: '" + commit->subject +
                        "', by " + by.author + " " + age_of(by.time) + " ago.");
  }
  if (commit->parents.size() != 1 || !has_our_message(*commit, target) ||
      !changes_only(objects, tip, *commit, files)) {
    return occupied(target, tip, by,
                    target.branch + " has a commit that no rollout made: '" + commit->subject +
                        "', by " + by.author + " " + age_of(by.time) + " ago.");
  }
  return has_change(objects, tip, below, head.commit, files) ? ProposalStanding::same
                                                             : ProposalStanding::another;
}

}  // namespace engine
