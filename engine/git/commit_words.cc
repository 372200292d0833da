#include "engine/git/commit_words.h"

#include <cstddef>
#include <string_view>

#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::size_t kMaxAuthor = 128;
constexpr std::size_t kMaxSubject = 256;
constexpr std::size_t kMaxBody = 4096;

}  // namespace

Authorship authorship_of(const git_commit* commit) {
  const git_signature* author = git_commit_author(commit);
  return {author == nullptr ? std::string() : sanitize_line(author->name, kMaxAuthor),
          git_commit_time(commit),
          author == nullptr || author->email == nullptr ? std::string() : author->email};
}

std::string committer_of(const git_commit* commit) {
  const git_signature* committer = git_commit_committer(commit);
  return committer == nullptr ? std::string() : sanitize_line(committer->name, kMaxAuthor);
}

std::string subject_of(git_commit* commit) {
  const char* const summary = git_commit_summary(commit);
  return summary == nullptr ? std::string() : sanitize_line(summary, kMaxSubject);
}

std::string body_of(git_commit* commit) {
  const char* const body = git_commit_body(commit);
  return body == nullptr ? std::string() : std::string(std::string_view(body).substr(0, kMaxBody));
}

}  // namespace engine
