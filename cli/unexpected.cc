#include "cli/unexpected.h"

#include <algorithm>
#include <new>
#include <string>
#include <system_error>

#include "cli/exit_status.h"
#include "cli/terminal.h"
#include "json/parse.h"
#include "tools/render.h"

namespace cli {
namespace {

// Nothing here may need memory.
constexpr std::string_view kNoMemory =
    R"({"status":"refused","code":"internal","message":"Not enough memory."})";

}  // namespace

bool wants_json(int argc, const char* const* argv) {
  return std::any_of(argv + std::min(argc, 1), argv + argc,
                     [](std::string_view argument) { return argument == "--json"; });
}

engine::Error unexpected(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return {engine::Code::internal, "Not enough memory.", "Try again when more is free."};
  }
  const auto* const system = dynamic_cast<const std::system_error*>(&error);
  if (system != nullptr && system->code() == std::errc::resource_unavailable_try_again) {
    return {
        engine::Code::internal, "No further thread can be started.",
        "Try again when fewer are running, or raise the limits of threads and memory (`ulimit -u`, "
        "`ulimit -v`)."};
  }
  return {engine::Code::internal,
          std::string("Something unexpected went wrong: ") + error.what() + ".",
          "Try again; if that persists, report it with this message."};
}

int refuse_unexpected(const std::exception& error, bool json) noexcept {
  try {
    const engine::Error refusal = unexpected(error);
    const std::string object = json ? json::dump(tools::structured(refusal)) : std::string();
    const std::string text = tools::report(refusal);
    print_plainly(object, text);
  } catch (...) {
    print_plainly(json ? kNoMemory : std::string_view(), "Not enough memory.");
  }
  return kRefused;
}

}  // namespace cli
