#include "engine/git/branch_name.h"

#include <string_view>

#include "engine/git/handles.h"

namespace engine {

bool is_branch_name(const std::string& name) {
  // NUL would end the name for libgit2, which takes DEL; git does not.
  constexpr std::string_view kRefused("\0\x7f", 2);
  if (name.empty() || name.starts_with('-') || name == "HEAD" ||
      name.find_first_of(kRefused) != std::string::npos) {
    return false;
  }
  start_libgit2();
  int valid = 0;
  return git_reference_name_is_valid(&valid, ("refs/heads/" + name).c_str()) == 0 && valid != 0;
}

}  // namespace engine
