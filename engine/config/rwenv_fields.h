// The fields of envs.json that have a meaning, and what is nearly one of them: `"readonly": true`
// would say nothing, and the push would follow. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/config/config_file.h"

namespace engine {

// The field of an rwenv that `key` is meant to be, as by meant_field() with Misspelling::any.
std::optional<std::string_view> meant_rwenv_field(std::string_view key);

// Refuses a misspelt field at the top of `config`, a file with envs.json's content: `bad_config`,
// naming both spellings, with the place. What is nearly `rwenvs` counts only where that is missing.
Result<void> refuse_misspelt_top_fields(const ConfigFile& config);

// The same for the fields of the rwenv of that name, which is in `config`. Those of others do not
// matter to it.
Result<void> refuse_misspelt_rwenv_fields(const ConfigFile& config, const std::string& name);

}  // namespace engine
