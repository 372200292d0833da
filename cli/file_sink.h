// A sink of spdlog's that writes to a file which is open already; spdlog's own opens it by name,
// without a look at what that is.
#pragma once

#include <cerrno>
#include <mutex>
#include <string_view>
#include <unistd.h>
#include <utility>

#include <spdlog/common.h>
#include <spdlog/sinks/base_sink.h>

#include "engine/base/unique_fd.h"

namespace cli {

// For any thread. Throws spdlog_ex where the file cannot be written, which spdlog's logger says on
// stderr.
class FileSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FileSink(engine::UniqueFd file) : file_(std::move(file)) {}

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string_view rest(line.data(), line.size());
    while (!rest.empty()) {
      const ssize_t written = ::write(file_.get(), rest.data(), rest.size());
      if (written < 0 && errno != EINTR) {
        throw spdlog::spdlog_ex("writing the log file", errno);
      }
      rest.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
  }
  void flush_() override {}

  engine::UniqueFd file_;
};

}  // namespace cli
