#include "engine/git/lines.h"

#include <algorithm>
#include <array>

#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::string_view kRemote = "remote:";

// In lower case, anywhere in a line.
constexpr std::array<std::string_view, 33> kAftermath = {
    "the remote end hung up",
    "could not read from remote repository",
    "failed to push some refs",
    "disconnect",
    "early eof",
    "rpc failed",
    "unable to access",
    "broken pipe",
    "read error",
    "write error",
    "unable to write",
    "unable to read",
    "cannot write",
    "died of signal",
    "died with error",
    "index-pack",
    "unpack-objects",
    "pack-objects",
    "fetch-pack",
    "send-pack",
    "remote unpack failed",
    "protocol error",
    "sideband",
    "sha1 file '<stdout>'",
    "inflate",
    "premature end",
    "bad pack",
    "pack has bad object",
    "unexpected ",
    "expected ",
    "still expected",
    "unable to fork",
    "unable to rewind",
};

// What git adds to every failure over ssh.
constexpr std::array<std::string_view, 2> kBoilerplate = {
    "please make sure you have the correct access rights",
    "and the repository exists.",
};

bool has_one_of(std::string_view text, const auto& words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

bool begins_with_one_of(std::string_view text, const auto& words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return text.starts_with(word); });
}

// Whether a line of the remote's is worth telling.
bool says_something(const std::string& text) {
  const bool progress = text.find("% (") != std::string::npos ||
                        (text.starts_with("Enumerating objects:") && text.ends_with("done."));
  const bool routine = text.starts_with(". Processing ") || text.starts_with("Processing ") ||
                       (text.starts_with("Processed ") && text.ends_with(" in total"));
  const bool ruler = text.find_first_not_of("=-*_#~+ ") == std::string::npos;
  return !progress && !routine && !ruler;
}

// As forges mark what they say over ssh.
bool is_shouted(std::string_view line) {
  return line.starts_with("ERROR:") || line.starts_with("FATAL:");
}

// Whether it came through ssh, and is neither ssh's nor git's.
bool is_unmarked(std::string_view line) {
  constexpr std::array<std::string_view, 8> kOfPrograms = {
      "fatal:", "error:", "warning:", "hint:", "ssh:", "remote:", "debug1:", "** "};
  const std::string text = in_lower_case(line);
  return (is_shouted(line) || !begins_with_one_of(text, kOfPrograms)) &&
         !has_one_of(text, kBoilerplate);
}

}  // namespace

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const auto end = text.find_first_of("\r\n");
    if (end != 0) {
      lines.push_back(text.substr(0, end));
    }
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return lines;
}

std::string shown_line(std::string_view line) {
  return sanitize_line(line);
}

bool is_of_git(std::string_view line) {
  return line.starts_with("fatal:") || line.starts_with("error:");
}

bool is_of_remote(std::string_view line) {
  return line.starts_with(kRemote) || is_shouted(line);
}

bool is_aftermath(std::string_view line) {
  const std::string text = in_lower_case(line);
  return has_one_of(text, kAftermath) || has_one_of(text, kBoilerplate);
}

std::vector<std::string> remote_words(std::string_view err) {
  std::vector<std::string> words;
  for (std::string_view line : lines_of(err)) {
    if (line.starts_with(kRemote)) {
      line.remove_prefix(kRemote.size());
      if (std::string text = shown_line(line); says_something(text)) {
        words.push_back(std::move(text));
      }
    }
  }
  return words;
}

std::vector<std::string> words_from_outside(std::string_view err) {
  std::vector<std::string> words = remote_words(err);
  const auto lines = lines_of(err);
  if (std::ranges::none_of(lines, is_shouted)) {
    return words;
  }
  for (const std::string_view line : lines) {
    if (std::string shown = shown_line(line); is_unmarked(line) && says_something(shown)) {
      words.push_back(std::move(shown));
    }
  }
  return words;
}

std::string git_line(std::string_view err) {
  const auto lines = lines_of(err);
  const auto told = std::ranges::find_if(
      lines, [](std::string_view line) { return is_of_git(line) && !is_aftermath(line); });
  const auto any = told != lines.end() ? told : std::ranges::find_if(lines, is_of_git);
  if (any != lines.end()) {
    return shown_line(*any);
  }
  return lines.empty() ? std::string() : shown_line(lines.back());
}

}  // namespace engine
