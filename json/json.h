// The JSON value types of the project, and nothing else.
//
// `Json` for what arrives: its objects are balanced trees, so that a hostile object with many keys
// costs no more than its size. `OrderedJson` for what leaves: small objects written in the order in
// which a person wants to read them.
#pragma once

#include <nlohmann/json.hpp>

using Json = nlohmann::json;
using OrderedJson = nlohmann::ordered_json;
