// Reads any bytes as envs.json, and the rwenv "dev" in it; and adds another to it, which changes no
// other byte.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/config/rwenv.h"
#include "engine/config/write_rwenv.h"
#include "tests/fuzz/require.h"

namespace {

void add_another(const std::string& text) {
  const engine::NewRwenv added{.name = "added",
                               .fields = {{engine::RwenvField::flux_git_repo, "https://h/x"}}};
  const auto changed = engine::text_with_rwenv(text, "envs.json", added);
  if (!changed) {
    fuzz::require(changed.error().code != engine::Code::internal, changed.error().message);
    return;
  }
  fuzz::require(engine::parse_rwenv(*changed, "envs.json", "added").has_value(), *changed);
  // What is new is one piece, which may have taken the place of a null.
  constexpr std::size_t kNull = 4;
  const auto [old_end, new_end] = std::ranges::mismatch(text, *changed);
  const auto before = static_cast<std::size_t>(old_end - text.begin());
  const auto [old_begin, new_begin] =
      std::mismatch(text.rbegin(), text.rend() - static_cast<std::ptrdiff_t>(before),
                    changed->rbegin(), changed->rend() - static_cast<std::ptrdiff_t>(before));
  const auto after = static_cast<std::size_t>(old_begin - text.rbegin());
  fuzz::require(before + after + kNull >= text.size(), *changed);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer\'s name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  add_another(text);
  const auto rwenv = engine::parse_rwenv(text, "envs.json", "dev");
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
