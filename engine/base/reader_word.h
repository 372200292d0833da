// Names of arguments, tools and resources in texts for people. A client of the server calls tools
// with arguments, a person at the command line gives commands with options; the engine writes such
// a name once for both, as a mark, and who shows the text gives it the reader's word
// (tools/hint_words.h). A mark begins and ends with a control character, which all text from
// outside loses before it stands in a text of ours (engine/text/text.h): so a file or a key that is
// called `{path}` stays what it is. Pure functions, for any thread.
#pragma once

#include <string>
#include <string_view>

namespace engine {

// What a mark begins with, and how it ends: where the name stands in a sentence, and where it is
// the label before a colon.
inline constexpr char kReaderMark = '\x02';
inline constexpr char kReaderWordEnd = '\x03';
inline constexpr char kReaderLabelEnd = '\x04';

// `text`, which is all the program's own, with a mark in place of each name in braces: "or give the
// number ({prNumber})". It stands for the name as code, in backquotes.
std::string for_reader(std::string_view text);

// A mark that stands for the name as it is, as in "prNumber: given 0".
std::string reader_label(std::string_view name);

}  // namespace engine
