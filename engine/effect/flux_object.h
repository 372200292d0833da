// One object of Flux in a file, found again by its name, with the lines of its fields. Refers to
// the file as parsed, which must outlive it. For any thread.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/yaml/source_map.h"

namespace engine {

class FluxObject {
 public:
  // The object of that kind and name in the file, which must have been parsed; nothing if it has
  // none, or several that the namespace (as written) does not tell apart.
  static std::optional<FluxObject> find(const std::string& file, const YamlSourceMap* yaml,
                                        std::string_view kind, std::string_view name,
                                        const std::optional<std::string>& namespace_name);

  const YamlSourceMap& yaml() const { return *yaml_; }
  const std::string& file() const { return file_; }
  YamlIndex spec() const { return spec_; }

  // A field of the object: a scalar's text, or nothing.
  std::optional<std::string> text(std::initializer_list<std::string_view> keys) const;
  // Whether `spec.suspend` is true.
  bool is_suspended() const;
  // "<file>:<line>" of a field, or of the object where it does not have it.
  std::string place(std::initializer_list<std::string_view> keys) const;

 private:
  FluxObject(const std::string& file, const YamlSourceMap& yaml, YamlIndex object, YamlIndex spec)
      : file_(file), yaml_(&yaml), object_(object), spec_(spec) {}

  std::string file_;
  const YamlSourceMap* yaml_;
  YamlIndex object_;
  YamlIndex spec_;
};

}  // namespace engine
