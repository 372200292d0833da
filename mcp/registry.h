// The tools, prompts, resources and the completer of one server. Thread-safe: handlers may add and
// remove while requests are served. What is found is shared, so that it outlives its removal.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "mcp/features.h"

namespace mcp {

// The lists that a client may be told have changed.
enum class Change { tools, prompts, resources };

// Features with a name and a definition, in the order in which they were added. Not thread-safe.
template <class Feature>
class FeatureList {
 public:
  // One of the same name is replaced in place.
  void add(Feature feature);
  bool remove(std::string_view name);
  std::shared_ptr<const Feature> find(std::string_view name) const;
  // The definitions, each made when it is first asked for.
  OrderedJson definitions();
  // Null if there is no feature of that name.
  OrderedJson definition(std::string_view name);
  // True once a feature has been added, even if it has been removed since: a capability, once
  // promised, stays.
  bool offered() const { return offered_; }

 private:
  struct Entry {
    std::shared_ptr<const Feature> feature;
    std::optional<OrderedJson> definition;
  };
  static const OrderedJson& define(Entry& entry);

  std::vector<Entry> entries_;
  bool offered_ = false;
};

class Registry {
 public:
  void add(Tool tool);
  void add(Prompt prompt);
  void add(ResourceProvider provider);
  void set(Completer completer);
  // True if there was one of that name.
  bool remove_tool(std::string_view name);
  bool remove_prompt(std::string_view name);
  // Tells the listener that the resources' list, or the contents of one, have changed.
  void resources_changed();
  void resource_updated(std::string_view uri);

  // Null if unknown.
  std::shared_ptr<const Tool> tool(std::string_view name) const;
  std::shared_ptr<const Prompt> prompt(std::string_view name) const;
  std::shared_ptr<const Completer> completer() const;
  std::vector<std::shared_ptr<const ResourceProvider>> providers() const;
  // Entries of tools/list and prompts/list; what `definition` functions throw passes through.
  OrderedJson tool_definitions() const;
  OrderedJson prompt_definitions() const;
  OrderedJson prompt_definition(std::string_view name) const;
  bool offers_tools() const;
  bool offers_prompts() const;

  // Whom to tell of changes, from any thread; one at a time, none by default.
  struct Listener {
    std::function<void(Change)> changed;
    std::function<void(std::string)> updated;  // URI
  };
  void listen(Listener listener);

 private:
  void announce(Change change) const;

  mutable std::mutex mutex_;  // guards all below
  mutable FeatureList<Tool> tools_;
  mutable FeatureList<Prompt> prompts_;
  std::vector<std::shared_ptr<const ResourceProvider>> providers_;
  std::shared_ptr<const Completer> completer_;
  Listener listener_;
};

}  // namespace mcp
