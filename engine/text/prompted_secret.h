// What was typed at a prompt that a log has kept: `Password for 'https://ann@host': hunter2`. Pure,
// for any thread.
#pragma once

#include <cstddef>
#include <optional>

#include "engine/text/secret_text.h"

namespace engine {

// The answer to the prompt of git, ssh, sudo or kinit whose word for the secret ends at `blank`,
// which is a blank; nothing for other text, and where nothing was typed.
std::optional<Span> prompted_secret(const SecretText& text, std::size_t blank);

}  // namespace engine
