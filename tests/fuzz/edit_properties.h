// What every edit of a manifest must keep, whatever the manifest is. Judged by the events of
// libyaml, the ancestor of the parser that kustomize and Flux read with, and not by the engine's
// own tree of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/manifest/edit.h"

namespace fuzz {

// Sets the image's tag in `bytes`. Aborts with a message if the result breaks a property:
//   - a refusal says where and what to do, and is never `internal`;
//   - no byte differs but those of the tag and of what is added with it;
//   - libyaml reads the manifest, and reads the same afterwards but for the tag;
//   - the same edit again changes nothing.
void check_edit(std::string_view bytes, const engine::TagLocation& place);

// The path that a first line "#path: ..." names; such a line is a comment of a manifest.
std::optional<std::string> path_in_first_line(std::string_view bytes);

}  // namespace fuzz
