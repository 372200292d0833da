// A new directory that is gone, with all it holds, when the object is.
#pragma once

#include <filesystem>
#include <string_view>

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

// The bytes of a file; a test failure and "" if it cannot be read.
std::string read_bytes(const std::filesystem::path& file);

}  // namespace test
