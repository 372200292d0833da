// The JSON value types of the project, and nothing else.
//
// `Json` for what arrives: its objects are balanced trees, so that a hostile object with many keys
// costs no more than its size. `OrderedJson` for what leaves: small objects written in the order in
// which a person wants to read them.
#pragma once

#include <nlohmann/json.hpp>

// The library's own destructor moves what a value holds into a vector first, and ends the program
// where there is no memory for that. These allocate nothing and recurse instead, which is safe
// because no value nests deeper than json::kMaxDepth.
template <>
void nlohmann::json::json_value::destroy(value_t type);
template <>
void nlohmann::ordered_json::json_value::destroy(value_t type);

// Compiled once, in json.cc: otherwise every file that touches a value would compile them again.
extern template class nlohmann::basic_json<>;
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;
