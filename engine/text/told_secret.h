// Secrets that follow a name without "=" or ":": `Bearer ...`, `--token ...`, `-u ann:...`, `token`
// and 40 hexadecimal digits, `login ann password ...`, `sshpass -p ...`. Pure, for any thread.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/text/secret_text.h"

namespace engine {

// The secret that follows the word that ends at `blank`, which is a blank.
std::optional<Span> told_secret(const SecretText& text, std::size_t blank);

}  // namespace engine
