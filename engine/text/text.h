// Text that came from outside (git, gh, files, clients) made fit to be shown. Pure functions, for
// any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace engine {

// Text as a model, a terminal or a commit message may see it: without control characters (see
// below), without secrets as by redact(), and cut after `most` bytes at a character boundary, with
// "…" to show it.
std::string sanitize_text(std::string_view text, std::size_t most = 8192);

// The same on one line: newlines and tabs become spaces, outer white space is dropped.
std::string sanitize_line(std::string_view text, std::size_t most = 1024);

// Without what is not to be seen: C0 (but not newline and tab) and C1 controls, escape sequences,
// what changes the direction of writing, invisible characters (zero width, tags, fillers, variation
// selectors that no visible character precedes or that do not choose between text and emoji) and
// invalid UTF-8.
std::string remove_control_characters(std::string_view text);

// `text`, or its first `most` bytes, to the end of a character, and "…".
std::string truncate(std::string text, std::size_t most);

// Without secrets; each becomes "***": values of credential-like names (`password=`, `token: `, an
// Authorization header, the query of a URL), tokens of the known forges, clouds and chat services,
// JWTs, private keys, and hexadecimal digits that follow "token". Userinfo of URLs is dropped. What
// has lost its secrets stays as it is if it is given again. `text` is one that has been cleaned,
// since an invisible character would hide a secret. Time grows with the length and no faster.
std::string redact(std::string_view text);

// What is said of a value that is not what it should be: itself in quotes (`'x'`) where it has the
// form of a name (1 to 64 of [A-Za-z0-9._-]) and not of a token, else only what kind of text it is:
// it may be a secret in the wrong place.
std::string named(std::string_view value, char quote = '\'');

// A remote's URL without userinfo (`https://user:token@host/x` and what follows "://" up to "@"),
// and without secrets, as it may be shown. A login name of ssh is left out as well; `git@host:path`
// (scp form) keeps its user, which is no secret and part of the address, but not a password
// (`user:token@host/x`).
std::string without_userinfo(std::string_view url);

}  // namespace engine
