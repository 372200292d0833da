// Text that came from outside (git, gh, files, clients) made fit to be shown. Pure functions, for
// any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace engine {

// Without terminal control: C0 (but not newline and tab) and C1 controls, escape sequences,
// bidirectional overrides and invalid UTF-8 are removed; cut after `most` bytes at a character
// boundary, with "…" to show it.
std::string printable(std::string_view text, std::size_t most = 8192);

// The same on one line: newlines and tabs become spaces, outer white space is dropped.
std::string printable_line(std::string_view text, std::size_t most = 1024);

// A remote's URL without userinfo (`https://user:token@host/x` and what follows "://" up to "@"),
// as it may be shown. A login name of ssh is kept out as well; `git@host:path` (scp form) keeps its
// user, which is no secret and part of the address, but not a password (`user:token@host/x`).
std::string without_userinfo(std::string_view url);

// Text with every URL's userinfo removed, wherever it stands.
std::string redact(std::string_view text);

}  // namespace engine
