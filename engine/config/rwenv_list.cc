#include "engine/config/rwenv_list.h"

#include <utility>

#include "engine/base/nearest.h"
#include "engine/base/reader_word.h"
#include "engine/config/new_rwenv.h"
#include "engine/text/join.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// What can be read of an entry that is wrong somewhere.
Rwenv readable_part(const ConfigFile& envs, const std::string& name) {
  Rwenv rwenv{.name = name};
  const Json& entry = envs.value->at("rwenvs").at(name);
  if (!entry.is_object()) {
    return rwenv;
  }
  json::ObjectReader texts(entry, "");
  rwenv.description = texts.string("description");
  json::ObjectReader flags(entry, "");
  rwenv.read_only = flags.boolean("readOnly").value_or(false);
  return rwenv;
}

RwenvEntry entry_of(const ConfigFile& envs, const std::string& name) {
  if (const auto flaw = flaw_of_rwenv_name(name)) {
    const Failure refused =
        bad_place(envs, "/rwenvs/" + json::escaped(name),
                  "a project cannot be set to this name; expected " + *flaw + ".",
                  "Give the rwenv another name.");
    return {readable_part(envs, name), refused.value()};
  }
  auto rwenv = read_rwenv(envs, name);
  if (!rwenv) {
    return {readable_part(envs, name), std::move(rwenv.error())};
  }
  return {std::move(*rwenv), std::nullopt};
}

}  // namespace

Result<RwenvList> read_rwenvs(const fs::path& config_directory) {
  RwenvList list{.file = envs_file(config_directory)};
  auto text = read_envs(config_directory);
  RETURN_IF_FAILED(text);
  if (!*text) {
    return list;
  }
  list.exists = true;
  const auto envs = parse_envs(std::move(**text), list.file);
  if (!envs) {
    return Failure(envs.error());
  }
  for (const std::string& name : rwenv_names(*envs)) {
    list.entries.push_back(entry_of(*envs, name));
  }
  return list;
}

std::vector<std::string> names_of(const RwenvList& list) {
  std::vector<std::string> names;
  for (const RwenvEntry& entry : list.entries) {
    names.push_back(sanitize_line(entry.rwenv.name));
  }
  return names;
}

Error unknown_rwenv(const RwenvList& list, const std::string& name) {
  if (list.entries.empty()) {
    return no_rwenvs(list);
  }
  const std::vector<std::string> names = names_of(list);
  const std::vector<std::string> near = nearest(name, names);
  return {Code::unknown_rwenv,
          "rwenv " + named(name) + " not found in " + sanitize_line(list.file.string()) +
              ". There are: " + joined(names) + ".",
          (near.empty() ? "" : "Nearest names: " + joined(near) + ".\n") +
              for_reader("Set one of these {set_rwenv}, or add it {add_rwenv}."),
          {{"rwenvs", names}}};
}

Error no_rwenvs(const RwenvList& list) {
  const std::string file = sanitize_line(list.file.string());
  return {Code::unknown_rwenv,
          list.exists ? "There are no rwenvs in " + file + "."
                      : "There are no rwenvs yet: " + file + " does not exist.",
          for_reader("Add one {add_rwenv}."),
          {{"rwenvs", std::vector<std::string>()}}};
}

}  // namespace engine
