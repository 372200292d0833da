// A sink of spdlog's that writes to a file which is open already; spdlog's own opens it by name,
// without a look at what that is.
#pragma once

#include <mutex>
#include <utility>

#include <spdlog/common.h>
#include <spdlog/sinks/base_sink.h>

#include "engine/base/unique_fd.h"
#include "engine/base/write_all.h"

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
    if (const int error = engine::write_all(file_.get(), {line.data(), line.size()}); error != 0) {
      throw spdlog::spdlog_ex("writing the log file", error);
    }
  }
  void flush_() override {}

  engine::UniqueFd file_;
};

}  // namespace cli
