// What the text of an image tag shows by its form. Pure functions, for any thread.
#pragma once

#include <optional>
#include <string_view>

#include "engine/base/image_tag.h"

namespace engine {

// Whether a registry takes the text for a tag: at most 128 letters, digits, `.`, `_` and `-`, of
// which neither `.` nor `-` comes first.
bool is_image_tag(std::string_view text);

// The tag of a value that has a digest as well, as in "v1@sha256:...".
std::string_view without_digest(std::string_view value);

// The pull request whose tag that is: of a tag of the form pr-<number>-..., with a digest or
// without one, because an image may have been set by something other than this program. Nothing for
// other text.
std::optional<PrNumber> pull_request_of(std::string_view value);

// Whether every reader of YAML takes the text, written without quotes, for a string. False for what
// may be a number, a date, a truth value or nothing to one of them: `1.10`, `0123456`,
// `2026-01-01`, `on`.
bool is_string_without_quotes(std::string_view tag);

}  // namespace engine
