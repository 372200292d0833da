#include "engine/base/data_directory.h"

#include <unistd.h>

#include <sys/stat.h>

namespace engine {
namespace {

namespace fs = std::filesystem;

// A directory that does not exist is nobody's.
bool is_of_others(const fs::path& directory) {
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) {
    return false;
  }
  return status.st_uid != ::geteuid() || ::access(directory.c_str(), W_OK | X_OK) != 0;
}

}  // namespace

fs::path data_directory(const Host& host, const fs::path& config_directory) {
  const auto home = host.environment.get("HOME");
  if (!home) {
    return config_directory;
  }
  const fs::path own = (fs::path(*home) / ".claude" / "rwenv").lexically_normal();
  const fs::path directory = config_directory.lexically_normal();
  if (directory == own || directory == own / "" || !is_of_others(directory)) {
    return config_directory;
  }
  return own / "shared" / directory.relative_path();
}

fs::path clone_path(const Host& host, const fs::path& config_directory, std::string_view rwenv) {
  return data_directory(host, config_directory) / "flux-repos" / rwenv;
}

fs::path catalog_path(const Host& host, const fs::path& config_directory, std::string_view rwenv) {
  return data_directory(host, config_directory) / "flux-infra-guide" / rwenv / "services.json";
}

}  // namespace engine
