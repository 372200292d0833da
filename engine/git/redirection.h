// Where git went instead of the URL that it was given, because the server there said so.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "locking/mutex.h"

namespace engine {

// The address that git's own words on stderr say it was redirected to, the last if there are
// several, as it may be shown; nothing if it was not. A line of the remote's is no line of git's.
std::optional<std::string> redirection_in(std::string_view err);

// What a person is told of it: `url` is what was configured, as it may be shown, `pushed_to` where
// the push went instead, `looked_at` where any command went. Nothing where none was redirected.
std::optional<std::string> redirection_warning(const std::string& url,
                                               const std::optional<std::string>& pushed_to,
                                               const std::optional<std::string>& looked_at);

// The last redirection of several commands. For any thread.
class Redirections {
 public:
  void note(std::string_view err);
  std::optional<std::string> last() const;

 private:
  mutable locking::Mutex mutex_;
  std::optional<std::string> last_ GUARDED_BY(mutex_);
};

}  // namespace engine
