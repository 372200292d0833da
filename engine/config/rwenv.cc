#include "engine/config/rwenv.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <sys/stat.h>

#include "engine/base/environment_directories.h"
#include "engine/base/file_below.h"
#include "engine/base/owner.h"
#include "engine/base/read_file.h"
#include "engine/base/reader_word.h"
#include "engine/base/repository_path.h"
#include "engine/checkout/repository.h"
#include "engine/config/config_file.h"
#include "engine/config/rwenv_fields.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxNameFile = 256;
constexpr std::string_view kWhiteSpace = " \t\r\n\v\f";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::string_view kByteOrderMarkUtf16 = "\xFF\xFE";
constexpr std::string_view kByteOrderMarkUtf16Big = "\xFE\xFF";

// Specification, section 2: [A-Za-z0-9][A-Za-z0-9._-]*.
bool is_rwenv_name(std::string_view name) {
  return !name.empty() && is_alphanumeric(name.front()) && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
  });
}

// `file` is not what it should be; what is in it may be a secret, so it is not told.
Failure bad_name_file(const fs::path& file, const std::string& problem, std::string hint) {
  const std::string name = sanitize_line(file.string());
  return fail(Code::bad_config, name + ": " + problem, std::move(hint), {{"file", name}});
}

std::string set_it_again() {
  return for_reader("Set it again {set_rwenv}.");
}

// Some editors begin a text file with a mark that no editor shows.
std::string byte_order_mark_of(std::string_view bytes) {
  if (bytes.starts_with(kByteOrderMark)) {
    return "a byte order mark (BOM)";
  }
  const bool utf16 =
      bytes.starts_with(kByteOrderMarkUtf16) || bytes.starts_with(kByteOrderMarkUtf16Big);
  return utf16 ? "the byte order mark (BOM) of UTF-16" : "";
}

// The name in one `.claude/rwenv`; empty if there is no such file (in a home directory it is a
// directory) or it is blank. Links are not followed: the file is part of the project, and what a
// link in a project leads to is none of its business.
Result<std::string> read_name(const fs::path& directory) {
  const fs::path claude = directory / ".claude";
  const auto opened = open_directory(directory);
  const auto below =
      opened ? open_directory_below(opened->get(), ".claude") : tl::unexpected(opened.error());
  const auto content =
      below ? read_below(below->get(), "rwenv", kMaxNameFile) : tl::unexpected(below.error());
  if (!content) {
    const FileFault& fault = content.error();
    if (fault.kind == FileFault::Kind::missing || fault.kind == FileFault::Kind::directory) {
      return std::string();
    }
    return bad_name_file(below ? claude / "rwenv" : claude,
                         "it cannot be read: " + fault.reason + ".",
                         "Expected a regular file of at most " + std::to_string(kMaxNameFile) +
                             " bytes, in a directory; links are not followed. " + set_it_again());
  }
  if (const std::string mark = byte_order_mark_of(content->bytes); !mark.empty()) {
    return bad_name_file(claude / "rwenv",
                         "it begins with " + mark + ", which is no part of a name.",
                         for_reader("Save it as UTF-8 without BOM, or set it again {set_rwenv}."));
  }
  const std::string name(trimmed(content->bytes, kWhiteSpace));
  if (!name.empty() && !is_rwenv_name(name)) {
    return bad_name_file(claude / "rwenv",
                         "expected the name of an rwenv: letters, digits, '.', '_' and '-', "
                         "beginning with a letter or digit; what is in it is not one.",
                         set_it_again());
  }
  return name;
}

Failure unknown_rwenv(const fs::path& file, const std::string& name, const Json* rwenvs) {
  std::vector<std::string> names;
  if (rwenvs != nullptr) {
    for (const auto& entry : rwenvs->items()) {
      names.push_back(sanitize_line(entry.key()));
    }
  }
  std::string there;
  for (const std::string& known : names) {
    there += (there.empty() ? "" : ", ") + known;
  }
  return fail(Code::unknown_rwenv,
              "rwenv '" + name + "' not found in " + sanitize_line(file.string()) + ". " +
                  (there.empty() ? "There are none." : "There are: " + there + "."),
              for_reader("Choose one of these {set_rwenv}, or add it to the file."),
              {{"rwenvs", names}});
}

// The type, or a problem that the reader keeps.
FluxGitRepoType read_type(json::ObjectReader& in) {
  const std::string type = in.string("fluxGitRepoType").value_or("github");
  if (type != "github" && type != "gitea") {
    in.report("fluxGitRepoType", "\"github\" or \"gitea\"");
  }
  return type == "gitea" ? FluxGitRepoType::gitea : FluxGitRepoType::github;
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

// There is no name in `.claude/rwenv` of these directories.
Failure no_rwenv(const std::vector<fs::path>& directories) {
  std::string hint = for_reader(
      "Set one {set_rwenv}. The project's file `.claude/rwenv` is missing or empty; looked for:");
  for (const fs::path& directory : directories) {
    hint += "\n" + sanitize_line((directory / ".claude/rwenv").string());
  }
  return fail(Code::no_rwenv, "No rwenv set. Use `/rwenv-set` first.", std::move(hint));
}

}  // namespace

Result<fs::path> rwenv_config_directory(const Host& host) {
  RETURN_IF_FAILED(check_directories(host.environment));
  if (const auto given = host.environment.get("RWENV_CONFIG_DIR")) {
    fs::path directory = *given;
    RETURN_IF_FAILED(refuse_writable_by_everybody(directory));
    return directory;
  }
  if (const auto home = host.environment.get("HOME")) {
    fs::path directory = fs::path(*home) / ".claude" / "rwenv";
    RETURN_IF_FAILED(refuse_writable_by_everybody(directory));
    return directory;
  }
  return fail(Code::bad_config, "Neither RWENV_CONFIG_DIR nor HOME is set.",
              "Set RWENV_CONFIG_DIR to the directory that holds envs.json.");
}

Result<std::string> active_rwenv_name(const fs::path& project_directory) {
  std::vector<fs::path> places = {project_directory};
  auto name = read_name(project_directory);
  const auto root =
      name && name->empty() ? work_tree_root(project_directory) : std::optional<fs::path>();
  if (root && *root != project_directory) {
    places.push_back(*root);
    name = read_name(*root);
  }
  if (root && name && name->empty()) {
    // A linked work tree inherits, since git ignores the file and does not bring it there.
    const auto repository = find_project_repository(*root);
    if (const auto main = repository ? main_work_tree_root(*repository) : std::nullopt) {
      places.push_back(*main);
      name = read_name(*main);
    }
  }
  if (name && name->empty()) {
    return no_rwenv(places);
  }
  return name;
}

TlsVerification tls_verification(FluxGitRepoType type) {
  return type == FluxGitRepoType::gitea ? TlsVerification::off : TlsVerification::on;
}

Result<Rwenv> parse_rwenv(std::string text, const fs::path& file, const std::string& name) {
  auto config = parse_config(std::move(text), file);
  RETURN_IF_FAILED(config);
  RETURN_IF_FAILED(refuse_misspelt_top_fields(*config));
  constexpr auto kNull = json::ObjectReader::Null::same_as_missing;
  json::ObjectReader top(*config->value, "", kNull);
  const Json* rwenvs = top.object("rwenvs");
  if (top.problem()) {
    return bad_field(*config, *top.problem());
  }
  if (rwenvs == nullptr || !rwenvs->contains(name)) {
    return unknown_rwenv(file, name, rwenvs);
  }
  RETURN_IF_FAILED(refuse_misspelt_rwenv_fields(*config, name));
  json::ObjectReader in(rwenvs->at(name), "/rwenvs/" + name, kNull);
  Rwenv rwenv{.name = name};
  if (const auto url = in.string("fluxGitRepo")) {
    rwenv.flux_git_repo = RemoteUrl(*url);
  }
  rwenv.flux_git_repo_type = read_type(in);
  rwenv.flux_path = read_flux_path(in);
  rwenv.kubernetes_context = in.string("kubernetesContext");
  rwenv.read_only = in.boolean("readOnly").value_or(false);
  rwenv.description = in.string("description");
  rwenv.image_prefixes = read_image_prefixes(in);
  if (in.problem()) {
    return bad_field(*config, *in.problem());
  }
  return rwenv;
}

Result<Rwenv> load_rwenv(const fs::path& config_directory, const std::string& name) {
  const fs::path file = config_directory / "envs.json";
  RETURN_IF_FAILED(refuse_configuration_of_everybody(file));
  auto content = read_file(file, kMaxConfigBytes);
  RETURN_IF_FAILED(content);
  if (!*content) {
    return fail(Code::unknown_rwenv,
                "rwenv '" + name + "' not found in " + sanitize_line(file.string()) +
                    ": there is no such file.",
                "Create it: {\"rwenvs\": {\"" + name + "\": {\"fluxGitRepo\": \"https://...\"}}}");
  }
  return parse_rwenv(std::move(**content), file, name);
}

Result<RemoteUrl> flux_git_repo(const Rwenv& rwenv, const fs::path& config_directory) {
  const RemoteUrl url = rwenv.flux_git_repo.value_or(RemoteUrl());
  if (url.empty()) {
    return fail(Code::no_flux_repo,
                "No flux repo configured for this rwenv. Add `fluxGitRepo` to rwenv config.",
                "The rwenv is '" + rwenv.name + "' in " +
                    sanitize_line((config_directory / "envs.json").string()) + ".");
  }
  if (!url.is_fit_for_git()) {
    return fail(Code::bad_config,
                sanitize_line((config_directory / "envs.json").string()) + ": /rwenvs/" +
                    rwenv.name + "/fluxGitRepo: given " + url.named() +
                    ", expected an https, http, ssh, git or file URL.",
                "Correct the URL.");
  }
  return url;
}

}  // namespace engine
