#include "engine/status/running.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/image_tag.h"
#include "engine/text/ascii.h"

namespace engine {
namespace {

struct Image {
  std::string_view name;  // registry and port included
  std::string_view tag;   // with the digest, if it has one
};

// As the cluster writes it: never empty braces, and a colon before the last slash is a port's.
Image split(std::string_view text) {
  const auto digest = text.find('@');
  const std::string_view head = text.substr(0, digest);
  const auto slash = head.rfind('/');
  const auto colon = head.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon == std::string_view::npos) {
    return {head, digest == std::string_view::npos ? "" : text.substr(digest)};
  }
  return {text.substr(0, colon), text.substr(colon + 1)};
}

// "ghcr.io/acme/papi" ends in "acme/papi" and in "papi".
bool ends_in(std::string_view name, std::string_view end) {
  return name.ends_with(end) &&
         (name.size() == end.size() || name[name.size() - end.size() - 1] == '/');
}

// A digest that the cluster knows beside the tag is of no account, unless ours has one.
bool is_tag(std::string_view there, std::string_view ours) {
  return there == ours ||
         (ours.find('@') == std::string_view::npos && there.substr(0, there.find('@')) == ours);
}

std::string name_of(const WorkloadState& workload) {
  return in_lower_case(workload.object.kind) + "/" + workload.object.name;
}

std::string count_of(const WorkloadState& workload) {
  return std::to_string(workload.ready) + " of " + std::to_string(workload.wanted) + " ready, " +
         std::to_string(workload.updated) + " updated";
}

std::string trouble_of(const WorkloadState& workload) {
  return workload.trouble ? ": " + *workload.trouble : std::string();
}

// Of a workload whose pod template has our image.
Stage judge_ours(const ExpectedImage& image, const WorkloadState& workload) {
  Stage stage{.name = StageName::running};
  const std::string place = name_of(workload);
  if (workload.has_failed) {
    stage.state = StageState::failed;
    stage.detail = place + " makes no progress, " + count_of(workload) + trouble_of(workload);
  } else if (workload.wanted <= 0) {
    stage.state = StageState::waiting;
    stage.detail = place + " is scaled to 0 replicas, so nothing runs";
  } else if (workload.is_settled && workload.ready >= workload.wanted &&
             workload.updated >= workload.wanted) {
    stage.state = StageState::done;
    stage.detail = place + " runs " + image.tag + ", " + std::to_string(workload.ready) + " of " +
                   std::to_string(workload.wanted) + " ready";
  } else {
    stage.state = StageState::waiting;
    stage.detail = place + ": " + count_of(workload) + trouble_of(workload);
  }
  return stage;
}

std::string images_of(const WorkloadState& workload) {
  constexpr std::size_t kMaxImages = 3;
  std::string out;
  for (std::size_t i = 0; i < std::min(workload.images.size(), kMaxImages); ++i) {
    out += (out.empty() ? "" : ", ") + workload.images[i];
  }
  return workload.images.size() > kMaxImages ? out + ", ..." : out;
}

// What is worse hides what is better.
int rank(StageState state) {
  switch (state) {
    case StageState::failed:
      return 3;
    case StageState::waiting:
      return 2;
    case StageState::unknown:
      return 1;
    case StageState::done:
      break;
  }
  return 0;
}

}  // namespace

ImageMatch match_images(const ExpectedImage& image, const std::vector<std::string>& images) {
  const auto match = [&](const auto& is_it) -> std::optional<ImageMatch> {
    std::optional<ImageMatch> found;
    for (const std::string& text : images) {
      const Image there = split(text);
      if (is_it(there.name)) {
        const bool is_ours = is_tag(there.tag, image.tag) && found != ImageMatch::other;
        found = is_ours ? ImageMatch::ours : ImageMatch::other;
      }
    }
    return found;
  };
  std::optional<ImageMatch> found;
  if (!image.name.empty()) {
    found = match([&](std::string_view name) { return name == image.name; });
    if (!found) {
      found = match([&](std::string_view name) { return ends_in(name, image.name); });
    }
  }
  const bool is_unmistakable = image.name.empty() && ImageTag::parse(image.tag).has_value();
  if (!found && is_unmistakable && std::ranges::any_of(images, [&](const std::string& text) {
        return is_tag(split(text).tag, image.tag);
      })) {
    found = ImageMatch::ours;
  }
  return found.value_or(ImageMatch::none);
}

Stage judge_running(const ExpectedImage& image, const std::vector<WorkloadState>& workloads) {
  std::optional<Stage> worst;
  const auto add = [&](Stage stage) {
    if (!worst || rank(stage.state) > rank(worst->state)) {
      worst = std::move(stage);
    }
  };
  for (const WorkloadState& workload : workloads) {
    switch (match_images(image, workload.images)) {
      case ImageMatch::ours:
        add(judge_ours(image, workload));
        break;
      case ImageMatch::other:
        add({.name = StageName::running,
             .state = StageState::waiting,
             .detail = name_of(workload) + " was created with " + images_of(workload)});
        break;
      case ImageMatch::none:
        break;
    }
  }
  if (worst) {
    return *worst;
  }
  Stage stage{.name = StageName::running};
  stage.detail = workloads.empty()
                     ? "there is no such workload"
                     : name_of(workloads.front()) + " has no image " +
                           (image.name.empty() ? "with the tag " + image.tag : image.name) +
                           "; it has " + images_of(workloads.front());
  return stage;
}

}  // namespace engine
