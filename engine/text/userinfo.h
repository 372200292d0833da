// Names and passwords in URLs and in addresses without a scheme: `https://ann:pw@host/x`,
// `ann:pw@host/x`. Pure functions, for any thread.
#pragma once

#include <cstddef>
#include <string_view>

namespace engine {

// A word in which an address may stand: up to white space, a quote or an angle bracket.
struct AddressWord {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t last_at = std::string_view::npos;  // its last '@'
};

// The words of one text. Each is looked through once, however often it is asked for, if the text is
// asked for from its beginning to its end.
class AddressWords {
 public:
  explicit AddressWords(std::string_view text) : text_(text) {}
  // The word that the character at `offset` belongs to, at least from there on.
  const AddressWord& around(std::size_t offset);

 private:
  std::string_view text_;
  AddressWord word_;
};

// How much userinfo, with its '@', stands at `at`, which follows the "://" of a URL in `word`.
std::size_t userinfo_length(std::string_view text, std::size_t at, const AddressWord& word);

// The same of "user:password@host" without a scheme; `at` begins a name.
std::size_t login_length(std::string_view text, std::size_t at, const AddressWord& word);

// The same of a URL in a URL, percent encoded: `user%3Apassword%40host`.
std::size_t encoded_userinfo_length(std::string_view rest);

// Whether `name`, before ":/", is the scheme of a URL that lacks a slash, and no host.
bool is_scheme_of_host(std::string_view name);

}  // namespace engine
