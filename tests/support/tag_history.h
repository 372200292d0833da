// A repository whose commits set the tags of two images in one file, for tests of what its history
// says about a value.
#pragma once

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "tests/support/git_sandbox.h"

namespace test {

class TagHistory : public testing::Test {
 protected:
  static constexpr const char* kFile = "apps/k.yaml";

  TagHistory() {
    git({"init", "--quiet", "--initial-branch=main", work_.string()}, sandbox_.path());
    std::filesystem::create_directories(work_ / "apps");
  }

  std::string git(const std::vector<std::string>& arguments,
                  const std::filesystem::path& directory) const {
    return sandbox_.git(directory, arguments);
  }
  std::string git(const std::vector<std::string>& arguments) const { return git(arguments, work_); }

  void write(const std::string& file, const std::string& bytes) const {
    std::filesystem::create_directories((work_ / file).parent_path());
    std::ofstream(work_ / file) << bytes;
  }
  static std::string entries(const std::string& backend, const std::string& frontend = "v1") {
    return "images:\n  - name: backend\n    newTag: " + backend +
           "\n  - name: frontend\n    newTag: " + frontend + "\n";
  }
  void commit(const std::string& author) const {
    git({"add", "--all"});
    git({"-c", "user.name=" + author, "commit", "--quiet", "--allow-empty", "-m", "by " + author});
  }
  // A commit of the file with these tags.
  void set(const std::string& author, const std::string& backend,
           const std::string& frontend = "v1") const {
    write(kFile, entries(backend, frontend));
    commit(author);
  }

  GitSandbox sandbox_;
  std::filesystem::path work_ = sandbox_.path() / "work";
};

}  // namespace test
