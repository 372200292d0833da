// The paths of the cluster's API that this program reads, and there are no others: one object by
// its name, the pods of a workload, the server's version. A namespace or name that could not be one
// makes no path, so what a catalog or a cluster calls something leads nowhere else. Pure functions,
// for any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace engine {

// A kind of object in one version of its API: {"apps/v1", "deployments"}.
struct ApiResource {
  std::string_view version;
  std::string_view plural;
};

class ApiPath {
 public:
  static ApiPath of_version();
  // Nothing for names that Kubernetes would not accept, of which there is no object.
  static std::optional<ApiPath> of_object(const ApiResource& resource, std::string_view name_space,
                                          std::string_view name);
  // One page of the pods that `selector` selects, a label selector in the API's own notation; the
  // first, or the one that `next`, which came with the page before, leads to. Nothing as above, and
  // if there is no selector: it would select all.
  static std::optional<ApiPath> of_pods(std::string_view name_space, std::string_view selector,
                                        std::string_view next = {});

  // As `kubectl get --raw` takes it, beginning with a slash.
  const std::string& text() const { return text_; }

 private:
  explicit ApiPath(std::string text);
  std::string text_;
};

// Whether a namespace, a name can be one: letters a to z, digits, '-' and, in a name, '.'; at most
// 63 and 253 of them.
bool is_name_space(std::string_view text);
bool is_object_name(std::string_view text);

}  // namespace engine
