#include "engine/read_file.h"

#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "engine/text.h"

namespace engine {
namespace {

Failure unreadable(const std::filesystem::path& file, const std::string& reason) {
  return fail(Code::bad_config,
              "Cannot read " + printable_line(file.string()) + ": " + reason + ".",
              "Check the file and its permissions.");
}

}  // namespace

Result<std::optional<std::string>> read_file(const std::filesystem::path& file, std::size_t most) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return std::nullopt;
  }
  if (status.type() == std::filesystem::file_type::none) {
    return unreadable(file, error.message());
  }
  if (!std::filesystem::is_regular_file(status)) {
    return unreadable(file, "it is not a regular file");
  }
  const auto size = std::filesystem::file_size(file, error);
  if (!error && size > most) {
    return unreadable(file, "it is larger than " + std::to_string(most) + " bytes");
  }
  errno = 0;
  std::ifstream stream(file, std::ios::binary);
  if (!stream) {
    return unreadable(file, std::generic_category().message(errno));
  }
  std::string bytes;
  bytes.resize(error ? 0 : static_cast<std::size_t>(size));
  stream.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(stream.gcount()));
  return std::optional(std::move(bytes));
}

}  // namespace engine
