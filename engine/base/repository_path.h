// Paths inside a repository, as catalogs and people give them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/result.h"

namespace engine {

// A file's path inside a repository, as git spells it: "./a//b" is "a/b". There is none that leads
// out of it or that git would take for an option, so what is given one need not look.
class RepositoryPath {
 public:
  // Refused with `bad_path` unless `path` is relative and stays inside the repository: no `..` or
  // `.git` component, no control character, no leading `-`, no backslash, and a name at its end.
  // `source` names where it came from, for the message.
  static Result<RepositoryPath> parse(std::string_view path, std::string_view source);

  const std::string& text() const { return text_; }

 private:
  explicit RepositoryPath(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// The same of a directory, which may end in slashes; the root ("." or "./") is "".
Result<std::string> repository_directory(std::string_view path, std::string_view source);

// The directory of a file or of a directory: all before the last slash; "" for what is in the root.
std::string directory_of(std::string_view path);

// What follows the last slash.
std::string_view file_name(std::string_view path);

// How many directories two paths have in common, from the root on.
std::size_t common_directories(std::string_view one, std::string_view other);

}  // namespace engine
