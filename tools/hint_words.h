// What a text calls an argument, a tool or a resource, for who reads it: a client of the server
// calls tools with arguments, a person at the command line gives commands with options. Messages,
// hints and warnings of the engine have marks for such names (engine/base/reader_word.h). Pure
// functions, for any thread.
#pragma once

#include <string>
#include <string_view>

namespace tools {

enum class Reader { client, command_line };

// `text` with the names that the reader knows in place of the marks. Everything else stays as it
// is, names in braces too: they are not ours to change.
std::string worded(std::string_view text, Reader reader);

}  // namespace tools
