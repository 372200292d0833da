#include "engine/cluster/flux_revision.h"

#include <string>

#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::size_t kMaxShown = 300;
constexpr std::size_t kSha1 = 40;
constexpr std::size_t kSha256 = 64;

// The commit of "sha1:<40 digits>" or "sha256:<64 digits>".
std::optional<CommitId> with_algorithm(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view algorithm = text.substr(0, colon);
  const std::string_view digits = text.substr(colon + 1);
  const std::size_t length = algorithm == "sha1" ? kSha1 : algorithm == "sha256" ? kSha256 : 0;
  return digits.size() == length ? CommitId::parse(digits) : std::nullopt;
}

std::optional<CommitId> commit_of(std::string_view text) {
  // A branch may have an '@' in its name, so the last one counts.
  const auto at = text.rfind('@');
  if (const auto commit = with_algorithm(text.substr(at == std::string_view::npos ? 0 : at + 1))) {
    return commit;
  }
  // As Flux wrote it before version 2.0: "<branch>/<commit>".
  return CommitId::parse(text.substr(text.rfind('/') + 1));
}

}  // namespace

FluxRevision git_revision(std::string_view text) {
  return {.text = sanitize_line(text, kMaxShown), .commit = commit_of(text)};
}

FluxRevision artifact_revision(std::string_view text, std::string_view origin) {
  return {.text = sanitize_line(text, kMaxShown), .commit = commit_of(origin)};
}

}  // namespace engine
