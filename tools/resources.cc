// The resources of tools/features.h. What cannot be read (no rwenv is set, say) is content, too:
// the refusal, as the tools would give it.
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "engine/config/active_rwenv.h"
#include "engine/doctor/doctor.h"
#include "engine/lookup_service.h"
#include "engine/rollout_status.h"
#include "engine/text/text.h"
#include "json/parse.h"
#include "tools/client_roots.h"
#include "tools/doctor.h"
#include "tools/features.h"
#include "tools/per_catalog.h"
#include "tools/render.h"
#include "tools/render_rwenvs.h"
#include "tools/resource_uris.h"
#include "tools/service_list.h"

namespace tools {
namespace {

OrderedJson described(std::string_view name, std::string_view title, std::string_view description) {
  return {{"name", name},
          {"title", title},
          {"description", description},
          {"mimeType", "application/json"}};
}

OrderedJson resource(std::string_view uri, const OrderedJson& entry) {
  OrderedJson out = OrderedJson::object();
  out["uri"] = uri;
  out.update(entry);
  return out;
}

OrderedJson list() {
  OrderedJson out = OrderedJson::array();
  out.push_back(resource(kServicesUri, described("services", "Services",
                                                 "The services that can be rolled out, with the "
                                                 "image group that each belongs to")));
  out.push_back(resource(
      kRwenvUri, described("rwenv", "Active rwenv",
                           "The environment that the project is set to and its Flux repository")));
  out.push_back(resource(
      kEnvironmentUri, described("environment", "Environment",
                                 "What is set in the environment: each image group's tag, whose it "
                                 "is and since when; asks the Flux repository's host and, if the "
                                 "environment has one, the cluster")));
  out.push_back(resource(
      kDoctorUri, described("doctor", "Doctor",
                            "Whether everything a rollout needs is in place, and what to do if "
                            "something is missing; asks gh and the Flux repository's host")));
  return out;
}

OrderedJson templates() {
  OrderedJson entry = OrderedJson::object();
  entry["uriTemplate"] = kServiceTemplate;
  entry.update(
      described("service", "Service", "Where a service's image is set in the Flux repository"));
  OrderedJson out = OrderedJson::array();
  out.push_back(std::move(entry));
  return out;
}

OrderedJson rwenv(const engine::Host& host, const engine::ProjectRequest& project,
                  const engine::CallContext& call) {
  const auto configured = engine::find_configured_rwenv(host, project, call);
  if (!configured) {
    return structured(configured.error());
  }
  return structured(*configured);
}

OrderedJson environment(const engine::Host& host, const engine::ProjectRequest& project,
                        const engine::CallContext& call) {
  const auto status = engine::rollout_status(host, {project, {}, {}}, call);
  return status ? structured(*status) : structured(status.error());
}

// Nothing where there is no such service, which is no such resource.
std::optional<OrderedJson> service(const engine::Host& host, const engine::ProjectRequest& project,
                                   std::string_view encoded_name, const engine::CallContext& call) {
  const std::optional<std::string> name = percent_decoded(encoded_name);
  if (!name || name->empty()) {
    return std::nullopt;
  }
  const engine::Result<engine::ServiceLookup> found =
      engine::lookup_service(host, {project, *name}, call);
  if (found) {
    OrderedJson out = structured(*found);
    out.erase("report");
    return out;
  }
  if (found.error().code == engine::Code::unknown_service) {
    return std::nullopt;
  }
  return structured(found.error());
}

// {contents: [{uri, mimeType, text}]}, without the outer object.
OrderedJson contents_of(std::string_view uri, std::string text) {
  OrderedJson entry = OrderedJson::object();
  entry["uri"] = uri;
  entry["mimeType"] = "application/json";
  entry["text"] = std::move(text);
  OrderedJson contents = OrderedJson::array();
  contents.push_back(std::move(entry));
  return contents;
}

}  // namespace

mcp::ResourceProvider resources(const HostOrError& host_or_error) {
  const auto lists = std::make_shared<PerCatalog<std::string>>(services_json);
  const auto read = [&host_or_error, lists](std::string_view uri,
                                            mcp::Context& context) -> std::optional<OrderedJson> {
    engine::ProjectRequest project;
    if (auto settled = settle_project(host_or_error.host, project, context); !settled) {
      return contents_of(uri, json::dump(structured(settled.error())));
    }
    const engine::CallContext call{context.stop_token(), {}};
    std::optional<OrderedJson> content;
    if (uri == kServicesUri) {
      const auto catalog = engine::load_active_catalog(host_or_error.host, project, call);
      return contents_of(uri,
                         catalog ? *lists->of(*catalog) : json::dump(structured(catalog.error())));
    }
    if (uri == kRwenvUri) {
      content = rwenv(host_or_error.host, project, call);
    } else if (uri == kEnvironmentUri) {
      content = environment(host_or_error.host, project, call_context(context));
    } else if (uri == kDoctorUri) {
      content = structured(engine::examine(host_or_error.host, project, call_context(context)));
    } else if (uri.starts_with(kServicePrefix)) {
      content = service(host_or_error.host, project, uri.substr(kServicePrefix.size()), call);
    }
    if (!content) {
      return std::nullopt;
    }
    return contents_of(uri, json::dump(*content));
  };
  const auto large = [](std::string_view uri) { return uri == kServicesUri; };
  return {list, templates, read, large};
}

}  // namespace tools
