// What git accepts as the name of a branch. For any thread.
#pragma once

#include <string>

namespace engine {

// As `git check-ref-format --branch` says of text that names no earlier branch.
bool is_branch_name(const std::string& name);

}  // namespace engine
