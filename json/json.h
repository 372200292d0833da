// The JSON value types of the project, and nothing else.
//
// `Json` for what arrives: its objects are balanced trees, so that a hostile object with many keys
// costs no more than its size. `OrderedJson` for what leaves: small objects written in the order in
// which a person wants to read them.
#pragma once

#include <nlohmann/json.hpp>

// Compiled once, in json.cc: otherwise every file that touches a value would compile them anew.
extern template class nlohmann::basic_json<>;
extern template class nlohmann::basic_json<nlohmann::ordered_map>;

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;
