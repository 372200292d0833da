#include "mcp/server.h"

#include <vector>

namespace mcp {
namespace {

template <class Feature>
bool drop(std::vector<Feature>& list, std::string_view name) {
  return std::erase_if(list, [&](const Feature& feature) { return feature.name == name; }) > 0;
}

template <class Feature>
bool put(std::vector<Feature>& list, Feature feature) {
  drop(list, feature.name);
  list.push_back(std::move(feature));
  return true;
}

}  // namespace

bool Server::change(Change kind, const std::function<bool(Features&)>& edit) {
  {
    const locking::MutexLock lock(features_mutex_);
    auto changed = std::make_shared<Features>(*features_);
    if (!edit(*changed)) {
      return false;
    }
    features_ = std::move(changed);
  }
  announce(kind);
  return true;
}

void Server::add(Tool tool) {
  change(Change::tools, [&](Features& all) { return put(all.tools, std::move(tool)); });
}

void Server::add(Prompt prompt) {
  change(Change::prompts, [&](Features& all) { return put(all.prompts, std::move(prompt)); });
}

void Server::add(ResourceProvider provider) {
  change(Change::resources, [&](Features& all) {
    all.providers.push_back(std::move(provider));
    return true;
  });
}

void Server::set(Completer completer) {
  const locking::MutexLock lock(features_mutex_);
  auto changed = std::make_shared<Features>(*features_);
  changed->completer = std::move(completer);
  features_ = std::move(changed);
}

bool Server::remove_tool(std::string_view name) {
  return change(Change::tools, [&](Features& all) { return drop(all.tools, name); });
}

bool Server::remove_prompt(std::string_view name) {
  return change(Change::prompts, [&](Features& all) { return drop(all.prompts, name); });
}

std::shared_ptr<const Features> Server::features() const {
  const locking::MutexLock lock(features_mutex_);
  return features_;
}

void Server::attach(Listener listener) {
  const locking::MutexLock lock(listener_mutex_);
  listener_ = std::move(listener);
}

void Server::announce(Change change, const std::string& uri) {
  const locking::MutexLock lock(listener_mutex_);
  if (listener_) {
    listener_(change, uri);
  }
}

}  // namespace mcp
