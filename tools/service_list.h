// The catalog's services, as they are listed to a person.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"
#include "engine/config/catalog.h"
#include "json/json.h"

namespace tools {

// The image group that the service names; nothing if it names none, or is written wrongly, which
// concerns nobody but who asks for that service.
std::optional<std::string> image_group_of(const engine::Catalog& catalog,
                                          const std::string& service);

// True if a client may be offered the name to choose it: it has nothing that is removed from what
// is shown. A cleaned name would be another one.
bool can_be_offered(std::string_view name);

// The refusal of what needs services where there are none.
engine::Error no_services(const engine::Catalog& catalog);

// {catalogFile?, catalogGeneratedAt?, services: [{service, imageGroup?}]}, as text: in a large
// catalog the objects would take ten times as much memory.
std::string services_json(const engine::Catalog& catalog);

// Which of the catalog's service_names() a client may not be offered, in ascending order; hardly
// any.
std::vector<std::size_t> withheld_services(const engine::Catalog& catalog);

// One line for each service: name, then image group.
std::string services_report(const engine::Catalog& catalog);

}  // namespace tools
