// The work trees of a project's repository, as far as a caller needs them to tell which checkout is
// meant. As with all of the project, nothing is run, and no file of it is trusted to be one.
//
// All functions look at files that the system may hold up: see engine/base/abandonable.h.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "engine/checkout/repository.h"

namespace engine {

struct WorkTree {
  std::filesystem::path root;
  bool has_others = false;  // the repository has linked work trees
  // "branch main", "a detached HEAD"; empty where it cannot be told, or where there are no others.
  std::string head = {};
};

// The work tree that holds `directory`; nothing if it is in none that can be read. One that was
// removed without git's knowledge counts as there, and so does what cannot be listed.
std::optional<WorkTree> find_work_tree(const std::filesystem::path& directory);

// Whether `directory` is in another work tree than `other`, and both are of one repository: they
// have the same common git directory, and each is its main work tree or one that is linked there.
// `unreadable`: something that says it is a work tree, and cannot be read as one.
enum class WorkTreeRelation { others_of_one_repository, neither, no_directory, unreadable };
WorkTreeRelation relation_of_work_trees(const std::filesystem::path& directory,
                                        const std::filesystem::path& other);

// Whether the repository itself names this work tree as one of its own. What is written is written
// only where this is so: a `.git` file can name the git directory of any other work tree.
bool is_known_to_its_repository(const ProjectRepository& repository);

}  // namespace engine
