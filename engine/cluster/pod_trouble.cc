#include "engine/cluster/pod_trouble.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

#include "engine/cluster/object_fields.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::size_t kMaxName = 100;
constexpr std::size_t kMaxImage = 500;
constexpr std::size_t kMaxMessage = 300;

// How a container waits that is being made; the others are troubles.
constexpr std::array<std::string_view, 2> kStarting = {"ContainerCreating", "PodInitializing"};
// Reasons that are about an image, which the container's state does not name.
constexpr std::array<std::string_view, 6> kAboutImages = {
    "ImagePullBackOff", "ErrImagePull",      "ErrImageNeverPull",
    "InvalidImageName", "ImageInspectError", "RegistryUnavailable"};

bool is_one_of(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::find(words, text) != words.end();
}

// Whether the pod's controller is the workload, or a ReplicaSet of it.
bool is_owned(const Json& pod, const PodsOfWorkload& workload) {
  return std::ranges::any_of(list_field(pod, {"metadata", "ownerReferences"}), [&](const Json& o) {
    const std::string name = text_field(o, {"name"}).value_or("");
    if (!is_true(o, {"controller"}) || text_field(o, {"kind"}) != workload.owner_kind) {
      return false;
    }
    // "papi-7d9c" is of papi, "papi-mail-7d9c" of another one: a hash has no hyphen.
    return workload.is_owner_prefix
               ? name.starts_with(workload.owner_name) &&
                     name.find('-', workload.owner_name.size()) == std::string::npos
               : name == workload.owner_name;
  });
}

// "papi:pr-7-0123456" of "ghcr.io/acme/papi:pr-7-0123456": what is left where a cluster takes
// images from a mirror.
std::string_view last_part(std::string_view image) {
  return image.substr(image.rfind('/') + 1);
}

// The image that the pod has in a container of that name; nothing if it has none.
std::optional<std::string> image_in_pod(const Json& pod, const std::string& container) {
  for (const std::string_view key : {"initContainers", "containers"}) {
    for (const Json& candidate : list_field(pod, {"spec", key})) {
      if (text_field(candidate, {"name"}) == container) {
        return text_field(candidate, {"image"});
      }
    }
  }
  return std::nullopt;
}

// Whether the pod was made of the workload's latest template, as far as can be told.
bool is_of_latest_template(const Json& pod, const PodsOfWorkload& workload) {
  if (!workload.revision.empty()) {
    return text_field(pod, {"metadata", "labels", workload.revision_label}) == workload.revision;
  }
  return std::ranges::all_of(workload.images, [&](const auto& entry) {
    const auto image = image_in_pod(pod, entry.first);
    return image && last_part(*image) == last_part(entry.second);
  });
}

std::string container_of(const Json& status) {
  return sanitize_line(text_field(status, {"name"}).value_or(""), kMaxName);
}

std::string exit_status_of(const Json& ended) {
  return "exit status " + std::to_string(count_field(ended, {"exitCode"}));
}

// "CrashLoopBackOff: main, exit status 137 (OOMKilled)" and the like.
std::string trouble_of_waiting(const Json& status, const std::string& reason) {
  const std::string shown = sanitize_line(reason, kMaxName) + ": ";
  if (is_one_of(reason, kAboutImages)) {
    return shown + sanitize_line(text_field(status, {"image"}).value_or(""), kMaxImage);
  }
  const Json& last = field(status, {"lastState", "terminated"});
  if (reason == "CrashLoopBackOff" && last.is_object()) {
    const std::string why = text_field(last, {"reason"}).value_or("Error");
    return shown + container_of(status) + ", " + exit_status_of(last) +
           (why == "Error" || why == "Completed" ? "" : " (" + sanitize_line(why, kMaxName) + ")");
  }
  const auto message = text_field(status, {"state", "waiting", "message"});
  return shown + container_of(status) +
         (message ? ", " + sanitize_line(*message, kMaxMessage) : std::string());
}

std::optional<std::string> trouble_of_container(const Json& status, bool is_init) {
  const auto waits_for = text_field(status, {"state", "waiting", "reason"});
  if (waits_for && !is_one_of(*waits_for, kStarting)) {
    return trouble_of_waiting(status, *waits_for);
  }
  const Json& ended = field(status, {"state", "terminated"});
  // An init container that has ended well makes way for the next.
  if (!ended.is_object() || (is_init && count_field(ended, {"exitCode"}) == 0)) {
    return std::nullopt;
  }
  return sanitize_line(text_field(ended, {"reason"}).value_or("Error"), kMaxName) + ": " +
         container_of(status) + ", " + exit_status_of(ended);
}

std::optional<std::string> trouble_of_containers(const Json& pod) {
  for (const bool is_init : {true, false}) {
    const std::string_view key = is_init ? "initContainerStatuses" : "containerStatuses";
    for (const Json& status : list_field(pod, {"status", key})) {
      if (auto trouble = trouble_of_container(status, is_init)) {
        return trouble;
      }
    }
  }
  return std::nullopt;
}

// Whether the pod is over, or about to be: its controller makes another one.
bool is_over(const Json& pod) {
  const auto phase = text_field(pod, {"status", "phase"});
  return phase == "Failed" || phase == "Succeeded" ||
         text_field(pod, {"metadata", "deletionTimestamp"});
}

std::optional<std::string> trouble_of_pod(const Json& pod) {
  if (auto trouble = trouble_of_containers(pod)) {
    return trouble;
  }
  // No node takes it.
  const Json& scheduled = condition(pod, "PodScheduled");
  if (text_field(scheduled, {"status"}) != "False") {
    return std::nullopt;
  }
  const auto message = text_field(scheduled, {"message"});
  return sanitize_line(text_field(scheduled, {"reason"}).value_or("Unschedulable"), kMaxName) +
         (message ? ": " + sanitize_line(*message, kMaxMessage) : std::string());
}

}  // namespace

std::optional<std::string> trouble_of_pods(const Json& pods, const PodsOfWorkload& workload) {
  for (const Json& pod : list_field(pods, {"items"})) {
    if (!is_over(pod) && is_owned(pod, workload) && is_of_latest_template(pod, workload)) {
      if (auto trouble = trouble_of_pod(pod)) {
        return trouble;
      }
    }
  }
  return std::nullopt;
}

}  // namespace engine
