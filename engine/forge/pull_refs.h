// The refs in which a forge publishes the heads of its pull requests: refs/pull/<number>/head
// (GitHub, Gitea, Forgejo), refs/merge-requests/<number>/head (GitLab) and
// refs/pull-requests/<number>/from (Bitbucket).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/image_tag.h"

namespace engine {

// The number in a pull ref's whole name; nothing for another name.
std::optional<PrNumber> number_of_pull_ref(std::string_view name);

// The pull requests of one commit.
struct PullRequestsOfCommit {
  std::optional<PrNumber> highest;
  bool several = false;  // of different numbers
};

// Reads what `git ls-remote` lists, however long it is, and keeps no more of it than one line.
// Belongs to one thread.
class PullRefReader {
 public:
  // The commits to look for.
  PullRefReader(CommitId head, std::optional<CommitId> upstream);

  // The next piece of the list, cut anywhere. A line that is not an id and a pull ref is passed
  // over; so is the end of a list that lacks its last newline.
  void read(std::string_view piece);

  const PullRequestsOfCommit& of_head() const { return of_head_; }
  const PullRequestsOfCommit& of_upstream() const { return of_upstream_; }
  // Whether there was any pull ref.
  bool has_any() const { return has_any_; }

 private:
  void read_line(std::string_view line);

  CommitId head_;
  std::optional<CommitId> upstream_;
  PullRequestsOfCommit of_head_;
  PullRequestsOfCommit of_upstream_;
  bool has_any_ = false;
  std::string begun_;         // a line whose end has not come yet
  bool is_too_long_ = false;  // that line is longer than a pull ref's can be
};

}  // namespace engine
