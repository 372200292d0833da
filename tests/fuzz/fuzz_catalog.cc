// Reads any bytes as services.json, and each of its entries.
#include <cstddef>
#include <cstdint>
#include <string>

#include "engine/config/catalog.h"
#include "tests/fuzz/require.h"

namespace {

void check_refusal(const engine::Error& error) {
  fuzz::require(error.code != engine::Code::internal, error.message);
  fuzz::require(!error.message.empty(), "a refusal that says nothing");
}

void check_service(const engine::Catalog& catalog, const std::string& name) {
  const auto service = catalog.find_service(name);
  if (!service) {
    return check_refusal(service.error());
  }
  fuzz::require(service->name == name, "another service was found");
  const auto group = catalog.find_image_group(*service);
  if (!group) {
    return check_refusal(group.error());
  }
  fuzz::require(group->name == service->image_group, "another image group was found");
  catalog.services_of(*group);
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): libFuzzer\'s name
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto catalog = engine::Catalog::parse(
      std::string(reinterpret_cast<const char*>(data), size), "services.json");
  if (!catalog) {
    fuzz::require(catalog.error().code == engine::Code::bad_config, catalog.error().message);
    fuzz::require(catalog.error().message.starts_with("services.json"), catalog.error().message);
    return 0;
  }
  for (const std::string& name : catalog->service_names()) {
    check_service(*catalog, name);
  }
  fuzz::require(!catalog->find_service("\x01 no such service"), "a service that is not there");
  return 0;
}
