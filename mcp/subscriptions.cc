#include "mcp/subscriptions.h"

#include <array>

#include "mcp/methods.h"

namespace mcp {
namespace {

struct Kind {
  const char* member;
  const char* method;
};
constexpr std::array<Kind, 3> kKinds = {{
    // by Change
    {"toolsListChanged", "notifications/tools/list_changed"},
    {"promptsListChanged", "notifications/prompts/list_changed"},
    {"resourcesListChanged", "notifications/resources/list_changed"},
}};

// The params of what is sent to a subscriber: a stream's say whose they are.
OrderedJson params_for(const std::optional<RequestId>& id) {
  if (!id) {
    return nullptr;
  }
  return {{"_meta", {{std::string(kMetaSubscription), to_json(*id)}}}};
}

void bound(std::size_t open, std::size_t most) {
  if (open >= most) {
    throw RpcError{ErrorCode::internal_error, "Too many subscriptions are open"};
  }
}

}  // namespace

void Subscriptions::open(const RequestId& id, const Json& params) {
  const Json* wanted = object_member(params, "notifications");
  require(wanted != nullptr, "`notifications` is missing or no object");
  Topics topics;
  OrderedJson granted = OrderedJson::object();
  for (const Kind& kind : kKinds) {
    const Json value = wanted->value(kind.member, Json(false));
    require(value.is_boolean(), "`" + std::string(kind.member) + "` is no boolean");
    if (options_.list_changed && value.get<bool>()) {
      topics.emplace(kind.method);
      granted[kind.member] = true;
    }
  }
  const Json uris = wanted->value("resourceSubscriptions", Json::array());
  require(uris.is_array(), "`resourceSubscriptions` is no array");
  for (const Json& uri : uris) {
    require(uri.is_string(), "`resourceSubscriptions` has an entry that is no string");
    if (options_.subscribe && topics.insert(uri.get<std::string>()).second) {
      granted["resourceSubscriptions"].push_back(uri.get<std::string>());
    }
  }
  bound(open_.size(), options_.limits.subscriptions);
  OrderedJson acknowledged = params_for(id);
  acknowledged["notifications"] = std::move(granted);
  const auto opened = open_.emplace(id, std::move(topics)).first;
  try {
    send_(make_notification("notifications/subscriptions/acknowledged", std::move(acknowledged)));
  } catch (...) {
    open_.erase(opened);
    throw;
  }
}

void Subscriptions::close_all() {
  for (const auto& [id, topics] : std::exchange(open_, {})) {
    if (id) {
      send_(
          make_response(options_, Era::modern, {*id, "subscriptions/listen", {}}, params_for(id)));
    }
  }
}

void Subscriptions::open_session() {
  Topics& topics = open_[std::nullopt];
  for (const Kind& kind : kKinds) {
    if (options_.list_changed) {
      topics.emplace(kind.method);
    }
  }
}

void Subscriptions::subscribe(const std::string& uri) {
  Topics& topics = open_[std::nullopt];
  bound(topics.size(), options_.limits.subscriptions);
  topics.insert(uri);
}

void Subscriptions::announce(Change change, const std::string& uri) {
  const bool of_list = uri.empty();
  const std::string method =
      of_list ? kKinds[static_cast<std::size_t>(change)].method : "notifications/resources/updated";
  for (const auto& [id, topics] : open_) {
    if (topics.count(of_list ? method : uri) > 0) {
      OrderedJson params = params_for(id);
      if (!of_list) {
        params["uri"] = uri;
      }
      send_(make_notification(method, std::move(params)));
    }
  }
}

}  // namespace mcp
