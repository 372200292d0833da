#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

#include "engine/base/unique_fd.h"

namespace bench {

// A program with pipes at its standard input and output, and nothing at its standard error; a
// client as light as can be, so that what is measured is the server. Ended, by the end of its
// input, and waited for when destroyed. Errors are thrown.
class Child {
 public:
  explicit Child(std::vector<std::string> command_line);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;

  void write(std::string_view lines) const;
  // Waits for something to read.
  std::string read() const;
  // Writes a request and waits for the line that answers it; throws if that is a refusal, or none
  // where it has to be one.
  void ask(std::string_view line, bool is_refused = false) const;

  // Resident memory in KiB, as ps tells it.
  double resident_memory() const;

  // Closes the pipes and waits for the end. The processor time that the child took, in ms.
  double wait();

 private:
  pid_t pid_ = 0;
  engine::UniqueFd in_;
  engine::UniqueFd out_;
};

inline constexpr std::string_view kInitialize =
    R"({"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25",)"
    R"("capabilities":{},"clientInfo":{"name":"bench","version":"1"}}})"
    "\n";

// The command lines of a bench's arguments from the first "--" on, which stands before each.
std::vector<std::vector<std::string>> command_lines(const std::vector<std::string>& arguments);

// Numbers as a JSON array.
std::string json(const std::vector<double>& values);

}  // namespace bench
