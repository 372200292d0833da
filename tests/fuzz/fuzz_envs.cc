// Reads any bytes as envs.json, and the rwenv "dev" in it.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/config/rwenv.h"
#include "tests/fuzz/require.h"

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer\'s name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto rwenv = engine::parse_rwenv(std::string(reinterpret_cast<const char*>(data), size),
                                         "envs.json", "dev");
  if (!rwenv) {
    const engine::Error& error = rwenv.error();
    fuzz::require(
        error.code == engine::Code::bad_config || error.code == engine::Code::unknown_rwenv,
        error.message);
    fuzz::require(error.message.find("envs.json") != std::string::npos, error.message);
    return 0;
  }
  fuzz::require(rwenv->name == "dev", "another rwenv was read");
  const auto url = engine::flux_git_repo(*rwenv, "/config");
  if (url) {
    const std::string& given = url->with_userinfo();
    fuzz::require(!given.empty() && given.front() != '-' && given.find("::") >= given.find('/'),
                  "git is given an option or a remote helper: " + given);
  }
  return 0;
}
