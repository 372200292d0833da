// Label selectors: from the form that they have in an object to the one that a query has. Pure
// functions, for any thread.
#pragma once

#include <string>

#include "json/json.h"

namespace engine {

// "app=papi,tier in (a,b),!canary" for an object's selector (`matchLabels`, `matchExpressions`).
// Empty where there is none, or one that Kubernetes would not accept: it must not select more than
// what it was meant to.
std::string label_selector(const Json& selector);

}  // namespace engine
