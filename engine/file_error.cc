#include "engine/file_error.h"

#include <cerrno>
#include <string>

#include "engine/text.h"

namespace engine {

Error file_error(std::string_view doing, const std::filesystem::path& file,
                 const std::error_code& error) {
  const std::string name = printable_line(file.string());
  std::string message =
      "Could not " + std::string(doing) + " " + name + ": " + printable_line(error.message()) + ".";
  if (error == std::errc::no_space_on_device || error.value() == EDQUOT) {
    return {Code::disk_full, std::move(message), "Free space on that disk, then try again."};
  }
  if (error == std::errc::file_too_large) {
    return {Code::disk_full, std::move(message),
            "Raise the limit of a file's size (`ulimit -f` shows it), then try again."};
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
