#include "mcp/registry.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace mcp {
namespace {

template <class Feature>
auto position(Registry::List<Feature>& list, std::string_view name) {
  return std::find_if(list.begin(), list.end(),
                      [&](const auto& feature) { return feature->name == name; });
}

template <class Feature>
void put(Registry::List<Feature>& list, Feature feature) {
  const auto found = position(list, feature.name);
  auto shared = std::make_shared<const Feature>(std::move(feature));
  if (found != list.end()) {
    *found = std::move(shared);
  } else {
    list.push_back(std::move(shared));
  }
}

template <class Feature>
bool drop(Registry::List<Feature>& list, std::string_view name) {
  const auto found = position(list, name);
  if (found == list.end()) {
    return false;
  }
  list.erase(found);
  return true;
}

template <class Feature>
std::shared_ptr<const Feature> find(Registry::List<Feature> list, std::string_view name) {
  const auto found = position(list, name);
  return found == list.end() ? nullptr : *found;
}

}  // namespace

void Registry::add(Tool tool) {
  {
    const std::lock_guard lock(mutex_);
    put(tools_, std::move(tool));
  }
  announce(Change::tools);
}

void Registry::add(Prompt prompt) {
  {
    const std::lock_guard lock(mutex_);
    put(prompts_, std::move(prompt));
  }
  announce(Change::prompts);
}

void Registry::add(ResourceProvider provider) {
  {
    const std::lock_guard lock(mutex_);
    providers_.push_back(std::make_shared<const ResourceProvider>(std::move(provider)));
  }
  announce(Change::resources);
}

void Registry::set(Completer completer) {
  const std::lock_guard lock(mutex_);
  completer_ = std::make_shared<const Completer>(std::move(completer));
}

bool Registry::remove_tool(std::string_view name) {
  std::unique_lock lock(mutex_);
  if (!drop(tools_, name)) {
    return false;
  }
  lock.unlock();
  announce(Change::tools);
  return true;
}

bool Registry::remove_prompt(std::string_view name) {
  std::unique_lock lock(mutex_);
  if (!drop(prompts_, name)) {
    return false;
  }
  lock.unlock();
  announce(Change::prompts);
  return true;
}

Registry::List<Tool> Registry::tools() const {
  const std::lock_guard lock(mutex_);
  return tools_;
}

Registry::List<Prompt> Registry::prompts() const {
  const std::lock_guard lock(mutex_);
  return prompts_;
}

Registry::List<ResourceProvider> Registry::providers() const {
  const std::lock_guard lock(mutex_);
  return providers_;
}

std::shared_ptr<const Tool> Registry::tool(std::string_view name) const {
  return find(tools(), name);
}

std::shared_ptr<const Prompt> Registry::prompt(std::string_view name) const {
  return find(prompts(), name);
}

std::shared_ptr<const Completer> Registry::completer() const {
  const std::lock_guard lock(mutex_);
  return completer_;
}

bool Registry::offers(Change kind) const {
  const std::lock_guard lock(mutex_);
  return offered_[static_cast<std::size_t>(kind)];
}

void Registry::listen(Listener listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

// The listener is called under the lock, so that none is called after it was replaced.
void Registry::announce(Change change, const std::string& uri) {
  const std::lock_guard lock(mutex_);
  offered_[static_cast<std::size_t>(change)] = true;
  if (listener_) {
    listener_(change, uri);
  }
}

}  // namespace mcp
