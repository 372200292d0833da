// The configuration of a project's repository, as data: nothing that it says is done.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/checkout/repository.h"

namespace engine {

// One setting: section and name in lower case, "" for no subsection.
struct ConfigurationEntry {
  std::string section;
  std::string subsection;
  std::string name;
  std::string value;  // "" also where there is none
};

// The settings in the order of the file. Only the repository's own configuration is read, without
// what it includes. None where the file cannot be read. Looks at files that the system may hold up:
// see engine/base/abandonable.h.
std::vector<ConfigurationEntry> read_configuration(const ProjectRepository& repository);

// The same of the file's text (git-config(1), "Configuration file"). What is no configuration has
// no settings from there on.
std::vector<ConfigurationEntry> configuration_entries(std::string_view text);

}  // namespace engine
