// A new directory that is gone, with all it holds, when the object is.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace test {

class TemporaryDirectory {
 public:
  TemporaryDirectory();
  ~TemporaryDirectory();
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  // Writes a file below the directory, making the directories on the way; returns its path.
  std::filesystem::path write(const std::filesystem::path& relative, std::string_view bytes) const;

 private:
  std::filesystem::path path_;
};

// While it lives, the process is in that directory.
class CurrentDirectory {
 public:
  explicit CurrentDirectory(const std::filesystem::path& directory)
      : before_(std::filesystem::current_path()) {
    std::filesystem::current_path(directory);
  }
  ~CurrentDirectory() {
    std::error_code error;
    std::filesystem::current_path(before_, error);
  }
  CurrentDirectory(const CurrentDirectory&) = delete;
  CurrentDirectory& operator=(const CurrentDirectory&) = delete;

 private:
  std::filesystem::path before_;
};

// The bytes of a file; a test failure and "" if it cannot be read.
std::string read_bytes(const std::filesystem::path& file);

}  // namespace test
