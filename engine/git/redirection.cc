#include "engine/git/redirection.h"

#include <utility>

#include "engine/git/lines.h"
#include "engine/text/text.h"

namespace engine {

std::optional<std::string> redirection_in(std::string_view err) {
  constexpr std::string_view kWords = "warning: redirecting to ";
  std::optional<std::string> found;
  for (const std::string_view line : lines_of(err)) {
    if (line.starts_with(kWords)) {
      std::string address = shown_line(without_userinfo(line.substr(kWords.size())));
      // Git writes the address of the repository as a directory.
      address.erase(address.find_last_not_of('/') + 1);
      found = std::move(address);
    }
  }
  return found;
}

std::optional<std::string> redirection_warning(const std::string& url,
                                               const std::optional<std::string>& pushed_to,
                                               const std::optional<std::string>& looked_at) {
  if (!pushed_to && !looked_at) {
    return std::nullopt;
  }
  return url + " redirects to " +
         (pushed_to ? *pushed_to + ", where git has pushed to"
                    : *looked_at + ", where git has looked") +
         "; name that address in fluxGitRepo if the repository has moved.";
}

void Redirections::note(std::string_view err) {
  if (auto found = redirection_in(err)) {
    const locking::MutexLock lock(mutex_);
    last_ = std::move(found);
  }
}

std::optional<std::string> Redirections::last() const {
  const locking::MutexLock lock(mutex_);
  return last_;
}

}  // namespace engine
