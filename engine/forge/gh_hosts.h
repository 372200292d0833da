// Which hosts gh knows, as far as that can be told without starting it.
#pragma once

#include <string_view>

#include "engine/base/host.h"

namespace engine {

// Whether gh may know `host` (in lower case): GitHub's own hosts, that of GH_HOST, and those in
// gh's list of logins. True also where that list cannot be read. Reads a file of the user's own;
// for any thread.
bool gh_may_know(const Environment& environment, std::string_view host);

// The same of the text of that list, hosts.yml.
bool lists_host(std::string_view hosts, std::string_view host);

}  // namespace engine
