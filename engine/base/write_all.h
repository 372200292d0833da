// Bytes written to a descriptor.
#pragma once

#include <string_view>

namespace engine {

// Writes all of `bytes`, and waits for room where the descriptor does not block. 0, or the errno
// that stopped it. For any thread.
int write_all(int fd, std::string_view bytes) noexcept;

}  // namespace engine
