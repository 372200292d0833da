#include "engine/effect/outer_images.h"

#include <set>
#include <string_view>
#include <utility>

#include "engine/base/repository_path.h"
#include "engine/yaml/text.h"

namespace engine {
namespace {

using Entries = std::vector<YamlIndex>;

std::string text_of(const YamlSourceMap& yaml, YamlIndex entry, std::string_view key) {
  return std::string(yaml.text(yaml.find(entry, key)).value_or(""));
}

Entries entries_of(const YamlSourceMap& yaml) {
  return yaml.documents().empty() ? Entries()
                                  : yaml.items(yaml.find(yaml.documents().front(), "images"));
}

// Whether kustomize sees the image: an entry of `images`, or a container of a workload.
bool is_seen(const TagLocation& place) {
  if (place.type == "kustomize-images") {
    return true;
  }
  const std::string_view path = place.path ? std::string_view(*place.path) : std::string_view();
  return place.type == "image-reference" && path.ends_with(".image") &&
         path.find("ontainers[") != std::string_view::npos &&
         path.find("values") == std::string_view::npos;
}

// Follows one image outwards.
class Outwards {
 public:
  explicit Outwards(std::string name) : name_(std::move(name)) {}

  // What the entries do to the image, except those whose names are in `replaced`.
  void pass(const YamlSourceMap& yaml, const std::string& file, const Entries& entries,
            const std::set<std::string>& replaced, bool by_flux) {
    for (const YamlIndex entry : entries) {
      const std::string name = text_of(yaml, entry, "name");
      if (name != name_ || replaced.contains(name)) {
        continue;
      }
      for (const char* const key : {"newTag", "digest"}) {
        const auto value = yaml.find(entry, key);
        if (value && yaml.text(value)) {
          set(yaml, file, *value, by_flux);
        }
      }
      if (std::string renamed = text_of(yaml, entry, "newName"); !renamed.empty()) {
        name_ = std::move(renamed);
      }
    }
  }

  void set(const YamlSourceMap& yaml, const std::string& file, YamlIndex at, bool by_flux) {
    found = OuterImage{file, line_at(yaml.bytes(), yaml.offset(at)), name_, by_flux};
  }

  const std::string& name() const { return name_; }

  std::optional<OuterImage> found;

 private:
  std::string name_;
};

// What the image is called after its own entry.
std::string name_after_entry(HeadFiles& head, const TagLocation& place, const std::string& file) {
  const YamlSourceMap* const yaml = head.yaml(file);
  std::string name = place.image_name;
  if (yaml == nullptr || place.type != "kustomize-images") {
    return name;
  }
  for (const YamlIndex entry : entries_of(*yaml)) {
    if (text_of(*yaml, entry, "name") == place.image_name) {
      const std::string renamed = text_of(*yaml, entry, "newName");
      name = renamed.empty() ? name : renamed;
    }
  }
  return name;
}

}  // namespace

std::optional<OuterImage> find_outer_image(HeadFiles& head, const TagLocation& place,
                                           const OuterFiles& files) {
  const Entries by_flux =
      files.flux == nullptr ? Entries() : files.flux->items(files.flux->find(files.spec, "images"));
  if (!is_seen(place) || (by_flux.empty() && files.outer.empty())) {
    return std::nullopt;
  }
  // As Flux does: its entry takes the place of the kustomization's of that name.
  std::set<std::string> replaced;
  for (const YamlIndex entry : by_flux) {
    replaced.insert(text_of(*files.flux, entry, "name"));
  }
  Outwards image(name_after_entry(head, place, files.file));
  if (files.outer.empty() && place.type == "kustomize-images" &&
      directory_of(files.file) == files.flux_path) {
    for (const YamlIndex entry : by_flux) {
      if (text_of(*files.flux, entry, "name") == place.image_name) {
        image.set(*files.flux, files.flux_file, entry, true);
        image.found->image = place.image_name;
        return image.found;
      }
    }
  }
  for (std::size_t i = 0; i < files.outer.size(); ++i) {
    const YamlSourceMap* const yaml = head.yaml(files.outer[i]);
    if (yaml == nullptr) {
      return std::nullopt;
    }
    const bool is_applied = directory_of(files.outer[i]) == files.flux_path;
    image.pass(*yaml, files.outer[i], entries_of(*yaml),
               is_applied ? replaced : std::set<std::string>(), false);
  }
  if (files.flux != nullptr) {
    image.pass(*files.flux, files.flux_file, by_flux, {}, true);
  }
  return image.found;
}

}  // namespace engine
