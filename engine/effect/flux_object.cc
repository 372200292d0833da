#include "engine/effect/flux_object.h"

#include <algorithm>

#include "engine/yaml/text.h"

namespace engine {
namespace {

// The documents, and the items of those that are lists.
std::vector<YamlIndex> objects_in(const YamlSourceMap& yaml) {
  std::vector<YamlIndex> objects;
  for (const YamlIndex document : yaml.documents()) {
    if (yaml.text(yaml.find(document, "kind")) == "List") {
      const auto items = yaml.items(yaml.find(document, "items"));
      objects.insert(objects.end(), items.begin(), items.end());
    } else {
      objects.push_back(document);
    }
  }
  return objects;
}

}  // namespace

std::optional<FluxObject> FluxObject::find(const std::string& file, const YamlSourceMap* yaml,
                                           std::string_view kind, std::string_view name,
                                           const std::optional<std::string>& namespace_name) {
  if (yaml == nullptr) {
    return std::nullopt;
  }
  std::vector<YamlIndex> found;
  for (const YamlIndex object : objects_in(*yaml)) {
    const auto api = yaml->text(yaml->find(object, "apiVersion")).value_or("");
    if (yaml->text(yaml->find(object, "kind")) == kind &&
        api.find(".toolkit.fluxcd.io/") != std::string_view::npos &&
        yaml->text(yaml->find(object, {"metadata", "name"})) == name) {
      found.push_back(object);
    }
  }
  if (found.size() > 1 && namespace_name) {
    std::erase_if(found, [&](YamlIndex object) {
      return yaml->text(yaml->find(object, {"metadata", "namespace"})) != *namespace_name;
    });
  }
  const auto spec = found.size() == 1 ? yaml->find(found.front(), "spec") : std::nullopt;
  return spec ? std::optional(FluxObject(file, *yaml, found.front(), *spec)) : std::nullopt;
}

std::optional<std::string> FluxObject::text(std::initializer_list<std::string_view> keys) const {
  const auto text = yaml_->text(yaml_->find(object_, keys));
  return text ? std::optional<std::string>(*text) : std::nullopt;
}

bool FluxObject::is_suspended() const {
  const auto value = yaml_->find(spec_, "suspend");
  const auto text = yaml_->text(value);
  return text && yaml_->node(yaml_->resolved(*value)).style == YamlStyle::plain &&
         (*text == "true" || *text == "True" || *text == "TRUE");
}

std::string FluxObject::place(std::initializer_list<std::string_view> keys) const {
  const YamlIndex at = yaml_->find(object_, keys).value_or(object_);
  return file_ + ":" + std::to_string(line_at(yaml_->bytes(), yaml_->offset(at)));
}

}  // namespace engine
