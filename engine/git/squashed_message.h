// The message of a commit after a forge has merged it. Pure function, for any thread.
#pragma once

#include <string_view>

namespace engine {

// Whether a commit with this subject and body is the one that was made with `message`, one line: as
// it was, or as forges write it down when they squash a request. They add the request's number to
// the subject, " (#12)" or " (!12)", or have a title of their own there, and list the messages of
// the commits in the body, each on a line of its own.
bool is_commit_of(std::string_view subject, std::string_view body, std::string_view message);

}  // namespace engine
