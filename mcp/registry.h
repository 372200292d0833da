// The tools, prompts, resources and the completer of one server. Thread-safe: handlers may add and
// remove while requests are served. What is found is shared, so that it outlives its removal.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "mcp/features.h"

namespace mcp {

// The lists that a client may be told have changed.
enum class Change { tools, prompts, resources };

class Registry {
 public:
  // Features in the order in which they were added.
  template <class Feature>
  using List = std::vector<std::shared_ptr<const Feature>>;
  // Whom to tell of changes: of a list, or, where there is a URI, of that resource's contents. Must
  // not call the registry.
  using Listener = std::function<void(Change change, const std::string& uri)>;

  // A tool or prompt of the same name is replaced.
  void add(Tool tool);
  void add(Prompt prompt);
  void add(ResourceProvider provider);
  void set(Completer completer);
  // False if there is none of that name.
  bool remove_tool(std::string_view name);
  bool remove_prompt(std::string_view name);
  // The list of resources, or the contents of one, have changed.
  void resources_changed() { announce(Change::resources); }
  void resource_updated(const std::string& uri) { announce(Change::resources, uri); }

  List<Tool> tools() const;
  List<Prompt> prompts() const;
  List<ResourceProvider> providers() const;
  // Null if unknown.
  std::shared_ptr<const Tool> tool(std::string_view name) const;
  std::shared_ptr<const Prompt> prompt(std::string_view name) const;
  std::shared_ptr<const Completer> completer() const;
  // True once a feature has been added, even if it was removed since: what was promised stays.
  bool offers(Change kind) const;

  // One at a time; after this returns, the one before is called no more.
  void listen(Listener listener);

 private:
  void announce(Change change, const std::string& uri = "");

  mutable std::mutex mutex_;  // guards all below
  List<Tool> tools_;
  List<Prompt> prompts_;
  List<ResourceProvider> providers_;
  std::shared_ptr<const Completer> completer_;
  std::array<bool, 3> offered_ = {};  // by Change
  Listener listener_;
};

}  // namespace mcp
