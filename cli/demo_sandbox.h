// The demo's world: a temporary directory with a home, a git identity, a bare Flux repository, a
// project on a feature branch, a catalog, and a stand-in for gh (specification, section 9).
// Programs that run in it get an environment made here from nothing, so that nothing of the user's
// is read or written. Belongs to one thread.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/demo_child.h"
#include "engine/base/host.h"
#include "engine/base/result.h"

namespace cli {

class DemoSandbox {
 public:
  // Removes the directory with all that is in it.
  ~DemoSandbox();
  DemoSandbox(const DemoSandbox&) = delete;
  DemoSandbox& operator=(const DemoSandbox&) = delete;
  // `host` says only where programs and the temporary directory are.
  explicit DemoSandbox(const engine::Host& host);

  // Makes it all; `internal` if git is missing or something cannot be written.
  engine::Result<void> build();

  // What the server runs with.
  const Variables& environment() const { return environment_; }
  const std::filesystem::path& root() const { return root_; }
  std::filesystem::path errors() const { return root_ / "errors.log"; }
  std::string_view manifest() const;
  std::string_view service() const;
  // The output of a git command in the Flux repository.
  engine::Result<std::string> ask_remote(std::vector<std::string> arguments);
  // What was said on stderr by what ran here.
  std::string said_errors() const;

 private:
  engine::Result<void> make_directories();
  engine::Result<void> make_flux_repository();
  engine::Result<void> make_project();
  engine::Result<void> write(const std::filesystem::path& file, std::string_view text,
                             bool executable = false) const;
  engine::Result<std::string> git(const std::filesystem::path& directory,
                                  std::vector<std::string> arguments);
  engine::Result<void> git_steps(const std::filesystem::path& directory,
                                 const std::vector<std::vector<std::string>>& steps);

  std::string search_path_;
  std::filesystem::path temporary_;
  std::filesystem::path root_;
  std::filesystem::path git_;
  Variables environment_;
};

}  // namespace cli
