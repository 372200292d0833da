#include "engine/wiring/recorded_wiring.h"

#include <algorithm>
#include <utility>

#include "engine/base/repository_path.h"

namespace engine {
namespace {

void set(Json& object, const char* key, const std::optional<std::string>& value) {
  if (value) {
    object[key] = *value;
  }
}

void set(Json& object, const char* key, const std::vector<std::string>& values) {
  if (!values.empty()) {
    object[key] = values;
  }
}

Json to_json(const RecordedSource& source) {
  Json out = {{"file", source.file}, {"name", source.name}};
  set(out, "namespace", source.namespace_name);
  set(out, "branch", source.branch);
  set(out, "patched", source.patched);
  return out;
}

Json to_json(const RecordedKustomization& kustomization) {
  Json out = {{"file", kustomization.file}, {"name", kustomization.name}};
  set(out, "namespace", kustomization.namespace_name);
  set(out, "path", kustomization.path);
  set(out, "interval", kustomization.interval);
  set(out, "outer", kustomization.outer);
  set(out, "patched", kustomization.patched);
  if (kustomization.source) {
    out["source"] = to_json(*kustomization.source);
  }
  return out;
}

Json to_json(const std::vector<RecordedKustomization>& kustomizations) {
  Json out = Json::array();
  for (const RecordedKustomization& kustomization : kustomizations) {
    out.push_back(to_json(kustomization));
  }
  return out;
}

// Reads the parts, and keeps the first problem.
class WiringReader {
 public:
  RecordedWiring read(const Json& value, const std::string& pointer) {
    json::ObjectReader in(value, pointer, kNull);
    RecordedWiring wiring;
    wiring.kustomizations = kustomizations(value, "kustomizations", pointer);
    if (const Json* const absence = in.object("absence")) {
      json::ObjectReader inner(*absence, in.pointer("absence"), kNull);
      wiring.absence.emplace();
      wiring.absence->entries = kustomizations(*absence, "entries", in.pointer("absence"));
      if (const Json* const ids = inner.object("directories")) {
        wiring.absence->directories = directories(*ids, inner.pointer("directories"));
      }
      keep(inner);
    }
    keep(in);
    return is_usable ? wiring : RecordedWiring();
  }

  std::optional<json::Problem> problem;
  bool is_usable = true;  // as far as it has been read

 private:
  static constexpr auto kNull = json::ObjectReader::Null::same_as_missing;

  void keep(const json::ObjectReader& in) {
    if (!problem) {
      problem = in.problem();
    }
  }

  void expect_file(const std::string& path) {
    const auto parsed = RepositoryPath::parse(path, "file");
    is_usable = is_usable && parsed && parsed->text() == path;
  }
  void expect_directory(const std::string& path) {
    const auto parsed = repository_directory(path.empty() ? "." : path, "path");
    is_usable = is_usable && parsed && *parsed == path;
  }

  std::vector<RecordedKustomization> kustomizations(const Json& object, const char* key,
                                                    const std::string& pointer) {
    std::vector<RecordedKustomization> out;
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (found == object.end() || found->is_null()) {
      return out;
    }
    const std::string place = pointer + "/" + key;
    if (!found->is_array()) {
      problem = problem ? problem : json::Problem{place, json::in_words(*found), "an array"};
      return out;
    }
    is_usable = is_usable && found->size() <= kMaxRecordedKustomizations;
    for (std::size_t i = 0; i < found->size() && is_usable && !problem; ++i) {
      out.push_back(kustomization((*found)[i], place + "/" + std::to_string(i)));
    }
    return out;
  }

  RecordedKustomization kustomization(const Json& value, const std::string& pointer) {
    json::ObjectReader in(value, pointer, kNull);
    in.require("file");
    in.require("name");
    RecordedKustomization out;
    out.file = in.string("file").value_or("");
    out.name = in.string("name").value_or("");
    out.namespace_name = in.string("namespace");
    out.path = in.string("path");
    out.interval = in.string("interval");
    out.outer = in.strings("outer").value_or(std::vector<std::string>());
    out.patched = in.strings("patched").value_or(std::vector<std::string>());
    if (const Json* const from = in.object("source")) {
      out.source = source(*from, in.pointer("source"));
    }
    keep(in);
    expect_file(out.file);
    if (out.path) {
      expect_directory(*out.path);
    }
    is_usable = is_usable && out.outer.size() <= kMaxRecordedOuter;
    std::ranges::for_each(out.outer, [&](const std::string& file) { expect_file(file); });
    return out;
  }

  RecordedSource source(const Json& value, const std::string& pointer) {
    json::ObjectReader in(value, pointer, kNull);
    in.require("file");
    in.require("name");
    RecordedSource out;
    out.file = in.string("file").value_or("");
    out.name = in.string("name").value_or("");
    out.namespace_name = in.string("namespace");
    out.branch = in.string("branch");
    out.patched = in.strings("patched").value_or(std::vector<std::string>());
    keep(in);
    expect_file(out.file);
    return out;
  }

  std::map<std::string, std::string> directories(const Json& value, const std::string& pointer) {
    json::ObjectReader in(value, pointer, kNull);
    std::map<std::string, std::string> out;
    is_usable = is_usable && value.size() <= kMaxRecordedDirectories;
    for (const auto& [path, id] : value.items()) {
      if (!is_usable) {
        break;
      }
      expect_directory(path);
      out[path] = in.string(path).value_or("");
    }
    keep(in);
    return out;
  }
};

}  // namespace

Json to_json(const RecordedWiring& wiring) {
  Json out = {{"kustomizations", to_json(wiring.kustomizations)}};
  if (wiring.absence) {
    out["absence"] = {{"entries", to_json(wiring.absence->entries)},
                      {"directories", wiring.absence->directories}};
  }
  return out;
}

tl::expected<RecordedWiring, json::Problem> read_wiring(const Json& value,
                                                        const std::string& pointer) {
  WiringReader reader;
  RecordedWiring wiring = reader.read(value, pointer);
  if (reader.problem) {
    return tl::unexpected(*reader.problem);
  }
  return wiring;
}

}  // namespace engine
