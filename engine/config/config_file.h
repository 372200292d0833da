// A JSON file that a person edits, and what is said when something in it is wrong (specification,
// section 7, `bad_config`: file, line, column, field).
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>

#include "engine/base/result.h"
#include "json/json.h"
#include "json/reader.h"

namespace engine {

inline constexpr std::size_t kMaxConfigBytes = std::size_t{64} << 20U;

struct ConfigFile {
  std::filesystem::path file;
  std::string text;
  // On the heap, so that pointers into it survive a move of this object. Null where only the text
  // is kept.
  std::unique_ptr<const Json> value;
};

// Parses `text`, which came from `file`: `bad_config` with the place of what is no JSON, or of the
// second of two equal keys of an object.
Result<ConfigFile> parse_config(std::string text, std::filesystem::path file);

// The refusal of what stands at `pointer` in `config`, with its position: "<file>:3:17: <pointer
// without its first slash>: <what>".
Failure bad_place(const ConfigFile& config, const std::string& pointer, const std::string& what,
                  std::string hint);

// The refusal of a value in `config`, with its position. Of a string it quotes what has the form of
// a name; of what contains other values it says the kind.
Failure bad_field(const ConfigFile& config, const json::Problem& problem);

}  // namespace engine
