// The programs that git runs on the files of a work tree (Git LFS, git-crypt), where one of them
// does not work: which it is, and what is said of it. Pure functions, for any thread.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace engine {

// The names of those filters of git's configuration (`settings`, as parse_configuration() reads
// them) that failed, as `err` of a git that checked files out says.
std::vector<std::string> failed_filters(
    std::string_view err, const std::vector<std::pair<std::string, std::string>>& settings);

// The options by which a git does without these filters.
std::vector<std::string> without_filters(const std::vector<std::string>& names);

// What a person is told when files were checked out without these filters, after a git that failed
// with `err`.
std::string filters_warning(const std::vector<std::string>& names, std::string_view err);

}  // namespace engine
