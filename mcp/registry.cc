#include "mcp/registry.h"

#include <algorithm>
#include <string>
#include <utility>

namespace mcp {

template <class Feature>
void FeatureList<Feature>::add(Feature feature) {
  offered_ = true;
  auto shared = std::make_shared<const Feature>(std::move(feature));
  for (Entry& entry : entries_) {
    if (entry.feature->name == shared->name) {
      entry = {std::move(shared), std::nullopt};
      return;
    }
  }
  entries_.push_back({std::move(shared), std::nullopt});
}

template <class Feature>
bool FeatureList<Feature>::remove(std::string_view name) {
  return std::erase_if(entries_, [&](const Entry& entry) { return entry.feature->name == name; }) >
         0;
}

template <class Feature>
std::shared_ptr<const Feature> FeatureList<Feature>::find(std::string_view name) const {
  for (const Entry& entry : entries_) {
    if (entry.feature->name == name) {
      return entry.feature;
    }
  }
  return nullptr;
}

template <class Feature>
const OrderedJson& FeatureList<Feature>::define(Entry& entry) {
  if (!entry.definition) {
    entry.definition = entry.feature->definition();
  }
  return *entry.definition;
}

template <class Feature>
OrderedJson FeatureList<Feature>::definitions() {
  OrderedJson list = OrderedJson::array();
  for (Entry& entry : entries_) {
    list.push_back(define(entry));
  }
  return list;
}

template <class Feature>
OrderedJson FeatureList<Feature>::definition(std::string_view name) {
  for (Entry& entry : entries_) {
    if (entry.feature->name == name) {
      return define(entry);
    }
  }
  return nullptr;
}

void Registry::add(Tool tool) {
  {
    const std::lock_guard lock(mutex_);
    tools_.add(std::move(tool));
  }
  announce(Change::tools);
}

void Registry::add(Prompt prompt) {
  {
    const std::lock_guard lock(mutex_);
    prompts_.add(std::move(prompt));
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
  bool removed = false;
  {
    const std::lock_guard lock(mutex_);
    removed = tools_.remove(name);
  }
  if (removed) {
    announce(Change::tools);
  }
  return removed;
}

bool Registry::remove_prompt(std::string_view name) {
  bool removed = false;
  {
    const std::lock_guard lock(mutex_);
    removed = prompts_.remove(name);
  }
  if (removed) {
    announce(Change::prompts);
  }
  return removed;
}

void Registry::resources_changed() {
  announce(Change::resources);
}

void Registry::resource_updated(std::string_view uri) {
  const std::lock_guard lock(mutex_);
  if (listener_.updated) {
    listener_.updated(std::string(uri));
  }
}

std::shared_ptr<const Tool> Registry::tool(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return tools_.find(name);
}

std::shared_ptr<const Prompt> Registry::prompt(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return prompts_.find(name);
}

std::shared_ptr<const Completer> Registry::completer() const {
  const std::lock_guard lock(mutex_);
  return completer_;
}

std::vector<std::shared_ptr<const ResourceProvider>> Registry::providers() const {
  const std::lock_guard lock(mutex_);
  return providers_;
}

OrderedJson Registry::tool_definitions() const {
  const std::lock_guard lock(mutex_);
  return tools_.definitions();
}

OrderedJson Registry::prompt_definitions() const {
  const std::lock_guard lock(mutex_);
  return prompts_.definitions();
}

OrderedJson Registry::prompt_definition(std::string_view name) const {
  const std::lock_guard lock(mutex_);
  return prompts_.definition(name);
}

bool Registry::offers_tools() const {
  const std::lock_guard lock(mutex_);
  return tools_.offered();
}

bool Registry::offers_prompts() const {
  const std::lock_guard lock(mutex_);
  return prompts_.offered();
}

void Registry::listen(Listener listener) {
  const std::lock_guard lock(mutex_);
  listener_ = std::move(listener);
}

// The listener is called under the lock, so that none is called after it was replaced.
void Registry::announce(Change change) const {
  const std::lock_guard lock(mutex_);
  if (listener_.changed) {
    listener_.changed(change);
  }
}

}  // namespace mcp
