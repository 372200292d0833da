#include "engine/config_file.h"

#include <cstdint>
#include <utility>

#include "engine/text.h"
#include "json/parse.h"
#include "json/position.h"

namespace engine {
namespace {

Failure bad_config(const std::filesystem::path& file, const json::Position& position,
                   const std::string& what, Details details) {
  const std::string name = printable_line(file.string());
  Details all = {{"file", name},
                 {"line", static_cast<std::int64_t>(position.line)},
                 {"column", static_cast<std::int64_t>(position.column)}};
  all.insert(all.end(), details.begin(), details.end());
  return fail(Code::bad_config,
              name + ":" + std::to_string(position.line) + ":" + std::to_string(position.column) +
                  ": " + printable_line(what),
              "Correct the file at that place.", std::move(all));
}

}  // namespace

Result<ConfigFile> parse_config(std::string text, std::filesystem::path file) {
  auto value = json::parse(text);
  if (!value) {
    return bad_config(file, json::position_of(text, value.error().offset),
                      "not JSON: " + value.error().message, {});
  }
  return ConfigFile{std::move(file), std::move(text),
                    std::make_unique<const Json>(std::move(*value))};
}

Failure bad_field(const ConfigFile& config, const json::Problem& problem) {
  json::Problem shown = problem;
  // A URL in the wrong place may have a password in it, cut in the middle.
  if (shown.given.find("://") != std::string::npos) {
    shown.given = "a URL";
  }
  return bad_config(config.file, json::position_of(config.text, problem.pointer),
                    redact(shown.describe("the file's content")) + ".",
                    {{"field", problem.pointer}});
}

}  // namespace engine
