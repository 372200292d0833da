#include "mcp/subscriptions.h"

#include <array>
#include <utility>

#include "mcp/message.h"
#include "mcp/methods.h"

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

// The params of what is sent to a subscriber: a stream's say whose they are.
OrderedJson params_for(const std::optional<RequestId>& id) {
  if (!id) {
    return nullptr;
  }
  return {{"_meta", {{std::string(kMetaSubscription), to_json(*id)}}}};
}

tl::unexpected<RpcError> too_many() {
  return failure(ErrorCode::internal_error, "Too many subscriptions are open");
}

}  // namespace

Result<Subscriptions::Filter> Subscriptions::read_filter(const Json& params) const {
  const Json* wanted = object_member(params, "notifications");
  if (wanted == nullptr) {
    return invalid_params("`notifications` is missing or no object");
  }
  Filter filter;
  for (const Kind& kind : kKinds) {
    const Json* value = member(*wanted, kind.member);
    if (value != nullptr && !value->is_boolean()) {
      return invalid_params("`" + std::string(kind.member) + "` is no boolean");
    }
    if (value != nullptr && value->get<bool>() && options_.list_changed) {
      filter.changes.insert(kind.change);
    }
  }
  if (const Json* uris = member(*wanted, "resourceSubscriptions")) {
    if (!uris->is_array()) {
      return invalid_params("`resourceSubscriptions` is no array");
    }
    for (const Json& uri : *uris) {
      if (!uri.is_string()) {
        return invalid_params("`resourceSubscriptions` has an entry that is no string");
      }
      if (options_.subscribe) {
        filter.uris.insert(uri.get<std::string>());
      }
    }
  }
  return filter;
}

Result<OrderedJson> Subscriptions::open(const RequestId& id, const Json& params) {
  auto filter = read_filter(params);
  if (!filter) {
    return tl::unexpected(std::move(filter.error()));
  }
  if (open_.size() >= options_.limits.subscriptions) {
    return too_many();
  }
  OrderedJson granted = OrderedJson::object();
  for (const Change change : filter->changes) {
    granted[std::string(kKinds[static_cast<std::size_t>(change)].member)] = true;
  }
  if (!filter->uris.empty()) {
    granted["resourceSubscriptions"] = filter->uris;
  }
  open_.emplace(id, std::move(*filter));
  OrderedJson acknowledged = params_for(id);
  acknowledged["notifications"] = std::move(granted);
  send_(make_notification("notifications/subscriptions/acknowledged", std::move(acknowledged)));
  return OrderedJson::object();
}

void Subscriptions::close_all() {
  for (const auto& [id, filter] : std::exchange(open_, {})) {
    if (id) {
      OrderedJson result = params_for(id);
      finish_modern(options_, "subscriptions/listen", result);
      send_(make_response(*id, std::move(result)));
    }
  }
}

void Subscriptions::open_session() {
  open_[std::nullopt].changes = {Change::tools, Change::prompts, Change::resources};
}

Result<OrderedJson> Subscriptions::subscribe(const std::string& uri) {
  auto& uris = open_[std::nullopt].uris;
  if (uris.size() >= options_.limits.subscriptions) {
    return too_many();
  }
  uris.insert(uri);
  return OrderedJson::object();
}

OrderedJson Subscriptions::unsubscribe(const std::string& uri) {
  open_[std::nullopt].uris.erase(uri);
  return OrderedJson::object();
}

void Subscriptions::announce(Change change, const std::string& uri) {
  if (uri.empty() ? !options_.list_changed : !options_.subscribe) {
    return;
  }
  for (const auto& [id, filter] : open_) {
    OrderedJson params = params_for(id);
    if (uri.empty() && filter.changes.count(change) > 0) {
      const auto method = kKinds[static_cast<std::size_t>(change)].method;
      send_(make_notification(method, std::move(params)));
    } else if (!uri.empty() && filter.uris.count(uri) > 0) {
      params["uri"] = uri;
      send_(make_notification("notifications/resources/updated", std::move(params)));
    }
  }
}

}  // namespace mcp
