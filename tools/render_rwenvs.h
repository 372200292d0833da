// What the engine says of rwenvs, as a caller gets it: the counterpart of tools/render.h for
// `list_rwenvs`, `set_rwenv` and `add_rwenv`. Pure functions, for any thread.
#pragma once

#include <string>

#include "engine/add_rwenv.h"
#include "engine/config/active_rwenv.h"
#include "engine/list_rwenvs.h"
#include "engine/set_rwenv.h"
#include "json/json.h"
#include "tools/hint_words.h"

namespace tools {

// A table: name, type, description and whether it is read-only; `*` marks the active one.
std::string report(const engine::RwenvListing& listing, Reader reader = Reader::client);
// "✓ rwenv: <old> → <new>", and what that means.
std::string report(const engine::SetRwenvResult& result, Reader reader = Reader::client);
std::string report(const engine::AddRwenvResult& result, Reader reader = Reader::client);
// All that is known about the active one.
std::string report(const engine::ConfiguredRwenv& configured, Reader reader = Reader::client);

OrderedJson structured(const engine::RwenvListing& listing);
OrderedJson structured(const engine::SetRwenvResult& result);
OrderedJson structured(const engine::AddRwenvResult& result);
// What the resource rollout://rwenv holds.
OrderedJson structured(const engine::ConfiguredRwenv& configured);

// "Shared debugging cluster, READ-ONLY": what helps a person to choose; may be empty.
std::string choice_of(const engine::RwenvEntry& entry);

}  // namespace tools
