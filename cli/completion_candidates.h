// What can stand at the cursor of a command line that is being typed.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace cli {

struct Candidate {
  std::string text;
  std::string description;
};

// What may stand there, and what of the line before says where to look for it.
struct ShellCompletion {
  enum class Kind { candidates, services, former_tags, rwenvs, files, directories };
  Kind kind = Kind::candidates;
  std::vector<Candidate> candidates;  // all of them: the shell picks those that fit
  std::optional<std::string> project;
  std::optional<std::string> service;  // of Kind::former_tags
  std::optional<std::string> services_file;
};

}  // namespace cli
