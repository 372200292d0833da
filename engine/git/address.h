// What the address of a git repository says, however it is spelled: a URL or ssh's short form, with
// or without a user, ".git" and the scheme's own port. Opens no connection and knows no
// configuration (`insteadOf`). Pure functions, for any thread.
#pragma once

#include <string>
#include <string_view>

namespace engine {

// In lower case, `[::1]` with its brackets; empty for a path and a file URL.
std::string host_of(std::string_view address);

// Whether both name one repository. The host is compared without regard to case, the path exactly.
// Ports are compared only between addresses of one scheme: one server has several for several
// schemes. Takes time in proportion to the size of both.
bool is_same_repository(std::string_view one, std::string_view other);

}  // namespace engine
