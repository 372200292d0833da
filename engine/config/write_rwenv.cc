#include "engine/config/write_rwenv.h"

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/file_lock.h"
#include "engine/base/make_directories.h"
#include "engine/base/write_file.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"
#include "json/insert_member.h"
#include "json/parse.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRwenvs = "rwenvs";
constexpr mode_t kForOthers = 077;  // a URL may hold a password
constexpr mode_t kOwnDirectory = 0700;

// The file itself, where `file` is a link to it.
fs::path real_file(const fs::path& file) {
  std::error_code error;
  if (!fs::is_symlink(file, error)) {
    return file;
  }
  fs::path real = fs::canonical(file, error);
  return error ? file : real;
}

OrderedJson entry_of(const NewRwenv& rwenv) {
  OrderedJson entry = OrderedJson::object();
  for (const RwenvField field : kRwenvTextFields) {
    if (const auto given = rwenv.fields.find(field); given != rwenv.fields.end()) {
      entry[std::string(key_of(field))] = trimmed(given->second);
    }
  }
  if (rwenv.read_only) {
    entry["readOnly"] = true;
  }
  return entry;
}

Failure exists(const fs::path& file, const std::string& name) {
  const std::string shown = sanitize_line(file.string());
  return fail(Code::rwenv_exists, "rwenv '" + name + "' is in " + shown + " already.",
              "Choose another name, or edit that entry. Nothing was changed.",
              {{"rwenv", name}, {"file", shown}});
}

// The proof that nothing else has changed: what the bytes mean, before and after.
bool differs_in_nothing_else(const Json& before, const Json& after, const std::string& name) {
  Json expected = before;
  if (expected[kRwenvs].is_null()) {
    expected[kRwenvs] = Json::object();
  }
  expected[kRwenvs][name] = after.at(kRwenvs).at(name);
  return expected == after;
}

}  // namespace

Result<std::string> text_with_rwenv(const std::string& text, const fs::path& file,
                                    const NewRwenv& rwenv) {
  RETURN_IF_FAILED(check_new_rwenv(rwenv));
  const std::string old = text.empty() ? "{}\n" : text;
  auto envs = parse_envs(old, file);
  RETURN_IF_FAILED(envs);
  const std::vector<std::string> names = rwenv_names(*envs);
  if (std::ranges::find(names, rwenv.name) != names.end()) {
    return exists(file, rwenv.name);
  }
  const OrderedJson entry = entry_of(rwenv);
  std::string changed;
  if (envs->value->contains(kRwenvs)) {
    changed = json::insert_member(old, "/" + std::string(kRwenvs), rwenv.name, entry);
  } else {
    OrderedJson rwenvs = OrderedJson::object();
    rwenvs[rwenv.name] = entry;
    changed = json::insert_member(old, "", kRwenvs, rwenvs);
  }
  const auto value = json::parse_unique(changed);
  if (!value || !differs_in_nothing_else(*envs->value, *value, rwenv.name)) {
    return fail(Code::internal,
                "The entry could not be added to " + sanitize_line(file.string()) +
                    " without changing something else.",
                "Nothing was changed. Add it by hand.");
  }
  return changed;
}

Result<WrittenRwenv> write_rwenv(const Host& host, const fs::path& config_directory,
                                 const NewRwenv& rwenv, const CallContext& call) {
  const fs::path file = envs_file(config_directory);
  // Refusals for which no directory need be made.
  auto before = read_envs(config_directory);
  RETURN_IF_FAILED(before);
  RETURN_IF_FAILED(text_with_rwenv(before->value_or(""), file, rwenv));
  RETURN_IF_FAILED(make_directories(config_directory, kOwnDirectory));
  const fs::path real = real_file(file);
  const auto lock =
      FileLock::acquire(real.parent_path() / ("." + real.filename().string() + ".lock"),
                        {"waiting for another change of envs.json", "change of envs.json"},
                        host.time_limit, host.clock, call);
  if (!lock) {
    return Failure(lock.error());
  }
  auto content = read_envs(config_directory);
  RETURN_IF_FAILED(content);
  auto text = text_with_rwenv(content->value_or(""), file, rwenv);
  RETURN_IF_FAILED(text);
  auto added = parse_rwenv(*text, file, rwenv.name);
  RETURN_IF_FAILED(added);
  if (call.stop.stop_requested()) {
    return fail(Code::cancelled, "Cancelled before the rwenv was added.");
  }
  RETURN_IF_FAILED(write_file(real, *text, kForOthers));
  return WrittenRwenv{std::move(*added), file, !content->has_value()};
}

}  // namespace engine
