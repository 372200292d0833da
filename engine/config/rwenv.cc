#include "engine/config/rwenv.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "engine/base/environment_directories.h"
#include "engine/base/owner.h"
#include "engine/base/read_file.h"
#include "engine/base/reader_word.h"
#include "engine/base/repository_path.h"
#include "engine/config/misspelt_field.h"
#include "engine/config/rwenv_fields.h"
#include "engine/git/branch_name.h"
#include "engine/text/ascii.h"
#include "engine/text/join.h"
#include "engine/text/text.h"
#include "json/pointer.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr auto kNull = json::ObjectReader::Null::same_as_missing;

const Json* rwenvs_of(const ConfigFile& envs) {
  const auto found = envs.value->find("rwenvs");
  return found != envs.value->end() && found->is_object() ? &*found : nullptr;
}

Failure unknown_rwenv(const ConfigFile& envs, const std::string& name) {
  std::vector<std::string> names = rwenv_names(envs);
  for (std::string& known : names) {
    known = sanitize_line(known);
  }
  const std::string there = joined(names);
  return fail(Code::unknown_rwenv,
              "rwenv '" + name + "' not found in " + sanitize_line(envs.file.string()) + ". " +
                  (there.empty() ? "There are none." : "There are: " + there + "."),
              for_reader(there.empty() ? "Add it {add_rwenv}."
                                       : "Set one of these {set_rwenv}, or add it {add_rwenv}."),
              {{"rwenvs", std::move(names)}});
}

// The type, or a problem that the reader keeps.
FluxGitRepoType read_type(json::ObjectReader& in) {
  const std::string type = in.string("fluxGitRepoType").value_or("github");
  if (type != "github" && type != "gitea") {
    in.report("fluxGitRepoType", "\"github\" or \"gitea\"");
  }
  return type == "gitea" ? FluxGitRepoType::gitea : FluxGitRepoType::github;
}

FluxWrite read_flux_write(json::ObjectReader& in) {
  const std::string write = in.string("fluxWrite").value_or("push");
  if (write != "push" && write != "pull-request") {
    in.report("fluxWrite", "\"push\" or \"pull-request\"");
  }
  return write == "pull-request" ? FluxWrite::pull_request : FluxWrite::push;
}

std::optional<FluxForge> read_flux_forge(json::ObjectReader& in) {
  const auto given = in.string("fluxForge");
  if (!given) {
    return std::nullopt;
  }
  for (const FluxForge forge : {FluxForge::github, FluxForge::gitlab, FluxForge::gitea}) {
    if (*given == name(forge)) {
      return forge;
    }
  }
  in.report("fluxForge", "\"github\", \"gitlab\" or \"gitea\"");
  return std::nullopt;
}

// `fluxGitBranch`: a branch's name, or a problem that the reader keeps.
std::optional<std::string> read_flux_branch(json::ObjectReader& in) {
  auto branch = in.string("fluxGitBranch");
  if (branch && !is_branch_name(*branch)) {
    in.report("fluxGitBranch", "the name of a branch, such as \"main\"");
    return std::nullopt;
  }
  return branch;
}

// `fluxPath`: a directory inside of the repository, or a problem that the reader keeps.
std::optional<std::string> read_flux_path(json::ObjectReader& in) {
  const auto given = in.string("fluxPath");
  if (!given) {
    return std::nullopt;
  }
  auto directory = repository_directory(*given, "fluxPath");
  if (given->empty() || !directory) {
    in.report(
        "fluxPath",
        "a directory such as \"clusters/staging\", relative to the Flux repository's root and "
        "inside it");
    return std::nullopt;
  }
  return std::move(*directory);
}

// One that is empty would make every image the team's own, and one that no image's name can begin
// with would empty the catalog.
std::vector<std::string> read_image_prefixes(json::ObjectReader& in) {
  auto prefixes = in.strings("imagePrefixes").value_or(std::vector<std::string>());
  const auto is_none = [](const std::string& prefix) {
    return prefix.empty() || prefix.find_first_of("* \t\n@") != std::string::npos ||
           prefix.find("://") != std::string::npos;
  };
  if (std::ranges::any_of(prefixes, is_none)) {
    in.report("imagePrefixes", "a list of how names of images begin, such as \"ghcr.io/acme/\"");
  }
  return prefixes;
}

// Of docker, whose names have no other form: what begins with '-' would be an option.
bool is_container_name(std::string_view text) {
  return !text.empty() && is_alphanumeric(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '.' || c == '-';
  });
}

// `devContainer`: a name, or a problem that the reader keeps; "" is none.
std::optional<std::string> read_container(json::ObjectReader& in) {
  auto name = in.string("devContainer");
  if (!name || name->empty()) {
    return std::nullopt;
  }
  if (!is_container_name(*name)) {
    in.report("devContainer", "the name of a container");
  }
  return name;
}

// Where kubectl runs, as the top of the file, `top`, and the rwenv say.
std::optional<std::string> read_dev_container(json::ObjectReader& top, json::ObjectReader& in) {
  auto of_all = read_container(top);
  auto own = read_container(in);
  if (!top.boolean("useDevContainer").value_or(true)) {
    return std::nullopt;
  }
  return own ? std::move(own) : std::move(of_all);
}

// What says where pushes go is not taken from a place where anybody can have put it. Of a symbolic
// link what it leads to counts.
Result<void> refuse_writable_by_everybody(const fs::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || !everybody_can_write(status)) {
    return {};
  }
  return fail(Code::bad_config,
              sanitize_line(path.string()) +
                  " can be written by everybody, so anyone can decide where a rollout goes.",
              "Run `chmod o-w " + sanitize_line(path.string()) +
                  "`, after a look at what is in it; a sticky bit does not help.");
}

// The file, its directory, and where it is a link the directory that it is really in.
Result<void> refuse_configuration_of_everybody(const fs::path& file) {
  std::error_code error;
  const fs::path real = fs::canonical(file, error);
  for (const fs::path& path : {file.parent_path(), real.parent_path(), file}) {
    if (auto refused = refuse_writable_by_everybody(path); !refused) {
      return refused;
    }
  }
  return {};
}

}  // namespace

Result<fs::path> rwenv_config_directory(const Host& host) {
  RETURN_IF_FAILED(check_directories(host.environment));
  for (const std::string_view variable : {kPluginConfigDirectory, kConfigDirectory}) {
    if (const auto given = host.environment.get(variable)) {
      fs::path directory = *given;
      RETURN_IF_FAILED(refuse_writable_by_everybody(directory));
      return directory;
    }
  }
  if (const auto home = host.environment.get("HOME")) {
    fs::path directory = fs::path(*home) / ".claude/rwenv";
    RETURN_IF_FAILED(refuse_writable_by_everybody(directory));
    return directory;
  }
  return fail(Code::bad_config, "Neither RWENV_CONFIG_DIR nor HOME is set.",
              "Set RWENV_CONFIG_DIR to the directory that holds envs.json.");
}

TlsVerification tls_verification(FluxGitRepoType type) {
  return type == FluxGitRepoType::gitea ? TlsVerification::off : TlsVerification::on;
}

std::string_view name(FluxForge forge) {
  switch (forge) {
    case FluxForge::github:
      return "github";
    case FluxForge::gitlab:
      return "gitlab";
    case FluxForge::gitea:
      return "gitea";
  }
  return {};
}

Result<ConfigFile> parse_envs(std::string text, const fs::path& file) {
  auto envs = parse_config(std::move(text), file);
  RETURN_IF_FAILED(envs);
  RETURN_IF_FAILED(refuse_misspelt_top_fields(*envs));
  json::ObjectReader top(*envs->value, "", kNull);
  top.object("rwenvs");
  if (top.problem()) {
    return bad_field(*envs, *top.problem());
  }
  return envs;
}

std::vector<std::string> rwenv_names(const ConfigFile& envs) {
  const Json* rwenvs = rwenvs_of(envs);
  return rwenvs == nullptr ? std::vector<std::string>() : keys_of(*rwenvs);
}

Result<Rwenv> read_rwenv(const ConfigFile& envs, const std::string& name) {
  const Json* rwenvs = rwenvs_of(envs);
  if (rwenvs == nullptr || !rwenvs->contains(name)) {
    return unknown_rwenv(envs, name);
  }
  RETURN_IF_FAILED(refuse_misspelt_rwenv_fields(envs, name));
  json::ObjectReader in(rwenvs->at(name), "/rwenvs/" + json::escaped(name), kNull);
  Rwenv rwenv{.name = name};
  if (const auto url = in.string("fluxGitRepo")) {
    rwenv.flux_git_repo = RemoteUrl(*url);
  }
  rwenv.flux_git_repo_type = read_type(in);
  rwenv.flux_git_branch = read_flux_branch(in);
  rwenv.flux_path = read_flux_path(in);
  rwenv.flux_write = read_flux_write(in);
  rwenv.flux_forge = read_flux_forge(in);
  rwenv.kubernetes_context = in.string("kubernetesContext");
  rwenv.kubeconfig_path = in.string("kubeconfigPath");
  json::ObjectReader top(*envs.value, "", kNull);
  rwenv.dev_container = read_dev_container(top, in);
  rwenv.read_only = in.boolean("readOnly").value_or(false);
  rwenv.confirm_replace = in.boolean("confirmReplace").value_or(false);
  rwenv.description = in.string("description");
  rwenv.type = in.string("type");
  rwenv.image_prefixes = read_image_prefixes(in);
  if (const auto& problem = in.problem() ? in.problem() : top.problem()) {
    return bad_field(envs, *problem);
  }
  return rwenv;
}

Result<Rwenv> parse_rwenv(std::string text, const fs::path& file, const std::string& name) {
  auto envs = parse_envs(std::move(text), file);
  RETURN_IF_FAILED(envs);
  return read_rwenv(*envs, name);
}

fs::path envs_file(const fs::path& config_directory) {
  return config_directory / "envs.json";
}

Result<std::optional<std::string>> read_envs(const fs::path& config_directory) {
  const fs::path file = envs_file(config_directory);
  RETURN_IF_FAILED(refuse_configuration_of_everybody(file));
  return read_file(file, kMaxConfigBytes);
}

Result<Rwenv> load_rwenv(const fs::path& config_directory, const std::string& name) {
  const fs::path file = envs_file(config_directory);
  auto content = read_envs(config_directory);
  RETURN_IF_FAILED(content);
  if (!*content) {
    return fail(Code::unknown_rwenv,
                "rwenv '" + name + "' not found in " + sanitize_line(file.string()) +
                    ": there is no such file.",
                for_reader("Add it {add_rwenv}."));
  }
  return parse_rwenv(std::move(**content), file, name);
}

Result<RemoteUrl> flux_git_repo(const Rwenv& rwenv, const fs::path& config_directory) {
  const RemoteUrl url = rwenv.flux_git_repo.value_or(RemoteUrl());
  if (url.empty()) {
    return fail(Code::no_flux_repo,
                "No flux repo configured for this rwenv. Add `fluxGitRepo` to rwenv config.",
                "The rwenv is '" + rwenv.name + "' in " +
                    sanitize_line(envs_file(config_directory).string()) + ".");
  }
  if (!url.is_fit_for_git()) {
    return fail(Code::bad_config,
                sanitize_line(envs_file(config_directory).string()) + ": /rwenvs/" + rwenv.name +
                    "/fluxGitRepo: given " + url.named() +
                    ", expected an https, http, ssh, git or file URL.",
                "Correct the URL.");
  }
  return url;
}

}  // namespace engine
