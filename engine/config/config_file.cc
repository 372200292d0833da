#include "engine/config/config_file.h"

#include <cstdint>
#include <utility>

#include "engine/text/text.h"
#include "json/parse.h"
#include "json/position.h"

namespace engine {
namespace {

Failure bad_config(const std::filesystem::path& file, const json::Position& position,
                   const std::string& what, Details details,
                   std::string hint = "Correct the file at that place.") {
  const std::string name = sanitize_line(file.string());
  Details all = {{"file", name},
                 {"line", static_cast<std::int64_t>(position.line)},
                 {"column", static_cast<std::int64_t>(position.column)}};
  all.insert(all.end(), details.begin(), details.end());
  return fail(Code::bad_config,
              name + ":" + std::to_string(position.line) + ":" + std::to_string(position.column) +
                  ": " + sanitize_line(what),
              std::move(hint), std::move(all));
}

// What stands at `pointer`, without what may be a secret in the wrong place.
std::string given_at(const Json& content, const std::string& pointer) {
  const Json::json_pointer place(pointer);
  if (!content.contains(place)) {
    return "a value";
  }
  const Json& value = content.at(place);
  const auto* const text = value.get_ptr<const std::string*>();
  return text == nullptr ? json::in_words(value) : named(*text, '"');
}

}  // namespace

Result<ConfigFile> parse_config(std::string text, std::filesystem::path file) {
  auto value = json::parse_unique(text);
  if (!value) {
    const json::ParseError& error = value.error();
    const json::Position position = json::position_of(text, error.offset);
    if (error.repeated_key) {
      const std::string& pointer = error.repeated_key->pointer;
      return bad_config(file, position, pointer.substr(1) + ": the key is there twice.",
                        {{"field", pointer}});
    }
    return bad_config(file, position, "not JSON: " + error.message, {});
  }
  return ConfigFile{std::move(file), std::move(text),
                    std::make_unique<const Json>(std::move(*value))};
}

Failure bad_place(const ConfigFile& config, const std::string& pointer, const std::string& what,
                  std::string hint) {
  return bad_config(config.file, json::position_of(config.text, pointer),
                    pointer.substr(pointer.empty() ? 0 : 1) + ": " + what, {{"field", pointer}},
                    std::move(hint));
}

Failure bad_field(const ConfigFile& config, const json::Problem& problem) {
  json::Problem shown = problem;
  if (!problem.given.empty()) {
    shown.given = config.value != nullptr ? given_at(*config.value, problem.pointer)
                                          : given_at(Json::parse(config.text), problem.pointer);
  }
  return bad_config(config.file, json::position_of(config.text, problem.pointer),
                    shown.describe("the file's content") + ".", {{"field", problem.pointer}});
}

}  // namespace engine
