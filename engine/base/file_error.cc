#include "engine/base/file_error.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>

#include <sys/statvfs.h>

#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::string_view kMakeRoom = "Free space on that disk, then try again.";

}  // namespace

bool says_disk_is_full(std::string_view words) {
  constexpr std::array<std::string_view, 5> kErrorPatterns = {
      "no space left", "quota exceeded", "file too large", "out of diskspace", "disk is full",
  };
  const std::string text = in_lower_case(words);
  return std::ranges::any_of(
      kErrorPatterns, [&](std::string_view sign) { return text.find(sign) != std::string::npos; });
}

bool has_no_space(const std::filesystem::path& directory) {
  // What failed has given back what it took.
  constexpr std::uintmax_t kMinBytes = std::uintmax_t{64} << 10U;
  constexpr std::uintmax_t kMinFiles = 16;
  struct statvfs status {};
  for (std::filesystem::path there = directory; !there.empty(); there = there.parent_path()) {
    if (::statvfs(there.c_str(), &status) == 0) {
      const bool counts_files = status.f_files > 0;  // some file systems do not
      return std::uintmax_t{status.f_bavail} * status.f_frsize < kMinBytes ||
             (counts_files && status.f_favail < kMinFiles);
    }
    if (there == there.parent_path()) {
      break;
    }
  }
  return false;
}

Error git_library_error(const std::string& doing, const std::string& reason, std::string hint) {
  const std::string message = "Could not " + doing + ": " + reason + ".";
  return says_disk_is_full(reason) ? Error{Code::disk_full, message, std::string(kMakeRoom)}
                                   : Error{Code::internal, message, std::move(hint)};
}

Error file_error(std::string_view doing, const std::filesystem::path& file,
                 const std::error_code& error) {
  const std::string name = sanitize_line(file.string());
  std::string message =
      "Could not " + std::string(doing) + " " + name + ": " + sanitize_line(error.message()) + ".";
  if (error == std::errc::no_space_on_device || error == std::errc::file_too_large ||
      error.value() == EDQUOT) {
    return {Code::disk_full, std::move(message), std::string(kMakeRoom)};
  }
  if (error == std::errc::permission_denied || error == std::errc::read_only_file_system ||
      error == std::errc::operation_not_permitted) {
    return {Code::internal, std::move(message),
            "Make sure that you own the directory and may write there."};
  }
  return {Code::internal, std::move(message), "Look at that path, then try again."};
}

Error file_error(std::string_view doing, const std::filesystem::path& file, int error_number) {
  return file_error(doing, file, std::error_code(error_number, std::generic_category()));
}

}  // namespace engine
