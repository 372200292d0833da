#include "mcp/subscriptions.h"

#include <array>
#include <utility>

#include "mcp/message.h"

namespace mcp {
namespace {

struct Kind {
  Change change;
  std::string_view member;
  std::string_view method;
};
constexpr std::array<Kind, 3> kKinds = {{
    {Change::tools, "toolsListChanged", "notifications/tools/list_changed"},
    {Change::prompts, "promptsListChanged", "notifications/prompts/list_changed"},
    {Change::resources, "resourcesListChanged", "notifications/resources/list_changed"},
}};

tl::unexpected<RpcError> bad_params(std::string message) {
  return tl::unexpected(
      RpcError{ErrorCode::invalid_params, "Invalid params: " + std::move(message)});
}

OrderedJson tagged(const RequestId& id) {
  return {{"_meta", {{std::string(kMetaSubscription), to_json(id)}}}};
}

}  // namespace

std::string_view list_changed_method(Change change) {
  return kKinds[static_cast<std::size_t>(change)].method;
}

Subscriptions::Subscriptions(const Options& options, Send send)
    : options_(options), send_(std::move(send)) {}

Result<Subscriptions::Filter> Subscriptions::read_filter(const Json& params) const {
  const Json* wanted = object_member(params, "notifications");
  if (wanted == nullptr) {
    return bad_params("`notifications` is missing or no object");
  }
  Filter filter;
  for (const Kind& kind : kKinds) {
    const Json* value = member(*wanted, kind.member);
    if (value != nullptr && !value->is_boolean()) {
      return bad_params("`" + std::string(kind.member) + "` is no boolean");
    }
    if (value != nullptr && value->get<bool>() && options_.list_changed) {
      filter.changes.insert(kind.change);
    }
  }
  if (const Json* uris = member(*wanted, "resourceSubscriptions")) {
    if (!uris->is_array()) {
      return bad_params("`resourceSubscriptions` is no array");
    }
    for (const Json& uri : *uris) {
      if (!uri.is_string()) {
        return bad_params("`resourceSubscriptions` has an entry that is no string");
      }
      if (options_.subscribe) {
        filter.uris.insert(uri.get<std::string>());
      }
    }
  }
  return filter;
}

Result<void> Subscriptions::open(const RequestId& id, const Json& params) {
  auto filter = read_filter(params);
  if (!filter) {
    return tl::unexpected(std::move(filter.error()));
  }
  if (open_.size() >= options_.limits.subscriptions) {
    return tl::unexpected(RpcError{ErrorCode::internal_error, "Too many subscriptions are open"});
  }
  OrderedJson granted = OrderedJson::object();
  for (const Change change : filter->changes) {
    granted[std::string(kKinds[static_cast<std::size_t>(change)].member)] = true;
  }
  if (!filter->uris.empty()) {
    granted["resourceSubscriptions"] = filter->uris;
  }
  OrderedJson acknowledged = tagged(id);
  acknowledged["notifications"] = std::move(granted);
  open_.emplace(id, std::move(*filter));
  send_(make_notification("notifications/subscriptions/acknowledged", std::move(acknowledged)));
  return {};
}

void Subscriptions::close_all(const OrderedJson& server_info) {
  for (const auto& [id, filter] : std::exchange(open_, {})) {
    OrderedJson result = {{"resultType", "complete"}};
    result["_meta"] = {{std::string(kMetaSubscription), to_json(id)},
                       {std::string(kMetaServerInfo), server_info}};
    send_(make_response(id, std::move(result)));
  }
}

void Subscriptions::changed(Change change) {
  for (const auto& [id, filter] : open_) {
    if (filter.changes.count(change) > 0) {
      send_(make_notification(list_changed_method(change), tagged(id)));
    }
  }
}

void Subscriptions::updated(const std::string& uri) {
  for (const auto& [id, filter] : open_) {
    if (filter.uris.count(uri) > 0) {
      OrderedJson params = tagged(id);
      params["uri"] = uri;
      send_(make_notification("notifications/resources/updated", std::move(params)));
    }
  }
}

}  // namespace mcp
