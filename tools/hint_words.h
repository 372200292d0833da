// What a hint calls an argument, a tool or a resource, for who reads it: a client of the server
// calls tools with arguments, a person at the command line gives commands with options. Hints name
// such a thing once for both, in braces: "or give the number ({prNumber})". Pure functions, for any
// thread.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/error.h"

namespace tools {

// `hint` with the names that a client knows. What stands in braces and is no such thing stays, and
// so does a hint that has been worded already.
std::string for_client(std::string_view hint);

// The same for the command line.
std::string for_command_line(std::string_view hint);
engine::Error for_command_line(engine::Error error);

// The same with the names of both.
std::string for_all(std::string_view hint);

}  // namespace tools
