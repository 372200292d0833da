// Members of one name in an object of a JSON text, of which a Json value keeps one and forgets the
// others. Any thread may call this.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace json {

struct RepeatedKey {
  std::string pointer;  // to the member (RFC 6901)
  std::string key;
  std::size_t offset = 0;  // of the second key's first quote, in bytes from the start of the text
};

// The first key, at any depth, that its object has already; names are compared as they are meant,
// so that an escape does not make another one. `text` is one that parse() accepts. The time grows
// with the text.
std::optional<RepeatedKey> repeated_key(std::string_view text);

}  // namespace json
