// Secrets that follow their name: `password=...`, `PRIVATE-TOKEN: ...`, `"clientSecret": "..."`, an
// Authorization header, the lines of a YAML block, and the value of a pair such as
// {"name": "DB_PASSWORD", "value": "..."}. Not thread-safe.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/text/secret_text.h"

namespace engine {

class AssignedSecrets {
 public:
  // `text` must outlive this.
  explicit AssignedSecrets(const SecretText& text) : text_(text) {}

  // The secret that is assigned at `at`, where one of ":", "=", "%" and ">" stands. To be asked in
  // the text's order.
  std::optional<Span> assigned_at(std::size_t at);

 private:
  const SecretText& text_;
  std::size_t paired_value_ = std::string_view::npos;  // the ":" behind the "value" of a pair
};

}  // namespace engine
