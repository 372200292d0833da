#include "engine/status_group.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "engine/manifest/edit.h"
#include "engine/replacement.h"
#include "engine/text/moment.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// A service of the group that says what the group leaves out.
std::optional<Service> speaker_of(const Catalog& catalog, const ImageGroup& group) {
  for (const std::string& name : catalog.services_of(group)) {
    auto service = catalog.find_service(name);
    if (service && service->kustomization) {
      return std::move(*service);
    }
  }
  return std::nullopt;
}

void add_way(StatusGroup& out, const ImageGroup& group, const Service* service) {
  const bool says = service != nullptr && service->kustomization.has_value();
  out.kustomization = says ? service->kustomization : group.kustomization;
  out.kustomization_namespace =
      says ? service->kustomization_namespace : group.kustomization_namespace;
  out.workload.name_space = service != nullptr && service->namespace_name ? service->namespace_name
                                                                          : group.namespace_name;
  out.workload.name = service != nullptr ? service->deployment : std::nullopt;
}

StatusGroup group_of(const Catalog& catalog, ImageGroup group) {
  StatusGroup out;
  out.status.services_affected = catalog.services_of(group);
  auto file = RepositoryPath::parse(group.file,
                                    "file of image group '" + sanitize_line(group.name, 200) + "'");
  if (file) {
    out.file = std::move(*file);
    out.status.file = out.file->text();
  } else {
    out.status.file = group.file;
    out.status.problem = file.error().message;
  }
  out.location = {
      .type = std::move(group.type), .image_name = group.image_name, .path = std::move(group.path)};
  out.status.image_group = std::move(group.name);
  out.status.image_name = std::move(group.image_name);
  return out;
}

StatusGroup unreadable(const std::string& name, Error error) {
  StatusGroup out;
  out.status.image_group = name;
  out.status.problem = std::move(error.message);
  return out;
}

// A location that is that of one group after the other, so that the catalog's images are there
// once.
class SharedLocation {
 public:
  explicit SharedLocation(std::vector<std::string> images) {
    place_.catalog_images = std::move(images);
  }

  const TagLocation& of(const StatusGroup& group) {
    place_.type = group.location.type;
    place_.image_name = group.location.image_name;
    place_.path = group.location.path;
    return place_;
  }

 private:
  TagLocation place_;
};

class Reader {
 public:
  Reader(std::vector<StatusGroup>& groups, std::vector<std::string> images,
         FluxRepository& repository, const CallContext& call)
      : groups_(groups), location_(std::move(images)), repository_(repository), call_(call) {}

  Result<void> run() {
    auto head = repository_.head(call_);
    RETURN_IF_FAILED(head);
    call_.report("reading " + std::to_string(groups_.size()) + " image groups");
    std::map<std::string, std::vector<std::size_t>> files;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (groups_[i].file) {
        files[groups_[i].file->text()].push_back(i);
      }
    }
    for (const auto& [file, numbers] : files) {
      if (call_.stop.stop_requested()) {
        return fail(Code::cancelled, "Cancelled while reading the Flux repository.");
      }
      read(head->commit, numbers);
    }
    add_origins();
    return {};
  }

 private:
  std::vector<Result<PlacedImage>> read_all(const std::vector<std::size_t>& numbers,
                                            std::string_view bytes) {
    return read_placed_images(
        groups_[numbers.front()].file->text(), bytes, numbers.size(),
        [&](std::size_t i) -> const TagLocation& { return location_.of(groups_[numbers[i]]); },
        call_.stop);
  }

  // The groups of one file.
  void read(const CommitId& head, const std::vector<std::size_t>& numbers) {
    const auto bytes = repository_.bring_file(head, *groups_[numbers.front()].file, call_);
    if (!bytes) {
      for (const std::size_t number : numbers) {
        groups_[number].status.problem = bytes.error().message;
      }
      return;
    }
    auto images = read_all(numbers, *bytes);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      StatusGroup& group = groups_[numbers[i]];
      if (!images[i]) {
        group.status.problem = std::move(images[i].error().message);
        continue;
      }
      group.status.tag = std::move(images[i]->tag);
      group.image = std::move(images[i]->name);
      group.status.pr_number = group.status.tag ? pull_request_of(*group.status.tag) : std::nullopt;
    }
  }

  void add_origins() {
    std::vector<ValuePlace> places;
    std::vector<std::size_t> numbers;
    for (std::size_t i = 0; i < groups_.size(); ++i) {
      if (groups_[i].status.tag) {
        places.push_back({groups_[i].file->text(), *groups_[i].status.tag});
        numbers.push_back(i);
      }
    }
    const ReadValues read_values = [&](const std::vector<std::size_t>& some,
                                       std::string_view bytes) {
      std::vector<std::size_t> those;
      std::ranges::transform(some, std::back_inserter(those),
                             [&](std::size_t i) { return numbers[i]; });
      std::vector<std::optional<std::string>> values;
      for (Result<PlacedImage>& image : read_all(those, bytes)) {
        values.push_back(image ? std::move(image->tag) : std::nullopt);
      }
      return values;
    };
    auto origins = repository_.value_origins(places, read_values, call_);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      if (origins[i]) {
        GroupStatus& status = groups_[numbers[i]].status;
        status.commit = origins[i]->commit.text();
        status.author = std::move(origins[i]->by.author);
        status.committed_at = in_utc(Moment(std::chrono::seconds(origins[i]->by.time)));
      }
    }
  }

  std::vector<StatusGroup>& groups_;
  SharedLocation location_;
  FluxRepository& repository_;
  const CallContext& call_;
};

// The 7 digits of a tag that is a rollout's.
std::optional<std::string> digits_of(const std::optional<std::string>& tag) {
  constexpr std::size_t kDigits = 7;
  const auto parsed = tag ? ImageTag::parse(*tag) : std::nullopt;
  return parsed ? std::optional(parsed->text().substr(parsed->text().size() - kDigits))
                : std::nullopt;
}

}  // namespace

Result<std::vector<StatusGroup>> find_status_groups(const Catalog& catalog,
                                                    const std::optional<std::string>& service) {
  std::vector<StatusGroup> groups;
  if (service) {
    auto found = catalog.find_service(*service);
    RETURN_IF_FAILED(found);
    auto group = catalog.find_image_group(*found);
    RETURN_IF_FAILED(group);
    groups.push_back(group_of(catalog, *group));
    add_way(groups.back(), *group, &*found);
    return groups;
  }
  for (const std::string& name : catalog.image_group_names()) {
    auto group = catalog.find_image_group({.name = name, .image_group = name});
    if (!group) {
      groups.push_back(unreadable(name, std::move(group.error())));
      continue;
    }
    groups.push_back(group_of(catalog, *group));
    const auto speaker = group->kustomization ? std::nullopt : speaker_of(catalog, *group);
    add_way(groups.back(), *group, speaker ? &*speaker : nullptr);
  }
  return groups;
}

Result<void> read_status_groups(std::vector<StatusGroup>& groups, std::vector<std::string> images,
                                FluxRepository& repository, const CallContext& call) {
  return Reader(groups, std::move(images), repository, call).run();
}

void compare_with_project(std::vector<StatusGroup>& groups, const CommitId& head) {
  std::set<std::int64_t> own;
  for (StatusGroup& group : groups) {
    if (const auto digits = digits_of(group.status.tag)) {
      group.status.contains_head = *digits == head.short_sha();
      if (*group.status.contains_head && group.status.pr_number) {
        own.insert(group.status.pr_number->value());
      }
    }
  }
  for (StatusGroup& group : groups) {
    const auto& number = group.status.pr_number;
    if (group.status.contains_head.value_or(false)) {
      group.status.is_this_pr = true;
    } else if (number && own.size() == 1 && !own.contains(number->value())) {
      group.status.is_this_pr = false;  // the same number may be another repository's
    }
  }
}

}  // namespace engine
