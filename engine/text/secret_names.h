// Which names say that what follows them is a secret: `password`, `PRIVATE-TOKEN`, `clientSecret`,
// `private%5Ftoken`. Knows nothing of the text around a name. Pure functions, for any thread.
#pragma once

#include <string_view>

namespace engine {

enum class Credential {
  none,
  if_random,    // `key`, `code`: only where the value looks made by a machine, or in a URL's query
  if_assigned,  // `auth`, `sig`: after "=", but in prose they mean other things
  any,          // `password`, `token`: whatever follows
  header,       // `Authorization`: all of the line
};

// Judged by the last words of the name, in any spelling (snake, kebab, camel case, percent
// encoded), because what they qualify is what the value is: `db_password` is one, `secretName` and
// `token_endpoint` are not.
Credential credential_of(std::string_view name);

// Whether the name says so in two words, such as "api key", of which `last` is the second.
bool is_two_word_credential(std::string_view first, std::string_view last);

// Whether `word` (in lower case) begins an explanation, as in "token: expired", and is no secret.
bool begins_explanation(std::string_view word);

}  // namespace engine
