#include "engine/git/signing.h"

#include <string>

#include "engine/text/text.h"

namespace engine {

Result<CommitId> signed_commit(const ProcessResult& completion, const Error& otherwise) {
  if (completion.ok()) {
    if (auto commit = CommitId::parse(sanitize_line(completion.out))) {
      return *commit;
    }
  }
  const bool other = otherwise.code == Code::cancelled || otherwise.code == Code::disk_full ||
                     completion.kind == ProcessResult::Kind::not_found;
  if (other) {
    return Failure(otherwise);
  }
  const std::string words = completion.kind == ProcessResult::Kind::timed_out
                                ? "the signer gave no answer, as if it waited for a passphrase."
                                : sanitize_line(completion.err);
  return fail(
      Code::sign_failed, "The commit could not be signed, so nothing was pushed: " + words,
      "Git's commit.gpgsign asks for a signature. Check user.signingkey and gpg.format, and "
      "that the key is unlocked (gpg-agent, ssh-agent), with `git commit -S --allow-empty` "
      "in another repository.");
}

}  // namespace engine
