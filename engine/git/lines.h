// The lines that git wrote, and whose they are: git's own, the remote's, or those of ssh. They say
// nothing of what they mean. Pure functions, for any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace engine {

// The lines that are not empty; a carriage return ends one as well.
std::vector<std::string_view> lines_of(std::string_view text);

// One line of a program's, as it may be shown: cleaned and without secrets.
std::string shown_line(std::string_view line);

// Whether it is of the git that runs here, or of one at the other end that ended: "fatal: ...",
// "error: ...".
bool is_of_git(std::string_view line);

// Whether it is marked as what the remote says: "remote: ...", or by a forge over ssh "ERROR: ...".
bool is_of_remote(std::string_view line);

// Whether it tells no more than that a conversation ended, which has other reasons: "fatal: the
// remote end hung up unexpectedly", "error: failed to push some refs to ...".
bool is_aftermath(std::string_view line);

// What the remote itself said (`remote: ...`), one entry per line, cleaned; without progress,
// rulers and the lines that Gitea sends with every push.
std::vector<std::string> remote_words(std::string_view err);

// The same, and where a forge speaks over ssh ("ERROR: ..."), its lines without such a mark.
std::vector<std::string> words_from_outside(std::string_view err);

// git's own line that says what was wrong: the first of its lines that is no aftermath, else the
// first, else the last line of any. Cleaned and without secrets.
std::string git_line(std::string_view err);

}  // namespace engine
