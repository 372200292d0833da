#include <utility>
#include <vector>

#include <sys/stat.h>

#include "engine/base/owner.h"
#include "engine/base/reader_word.h"
#include "engine/base/repository_path.h"
#include "engine/config/catalog.h"
#include "engine/config/catalog_scope.h"
#include "engine/config/configured_remote.h"
#include "engine/config/load_catalog.h"
#include "engine/doctor/checks.h"
#include "engine/manifest/edit.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

std::string shown(const fs::path& path) {
  return sanitize_line(path.string());
}

// Whose word a rollout follows, where that is not the user's own: ", which belongs to kim".
std::string whose(const fs::path& file) {
  std::string out;
  for (const auto& [path, what] : {std::pair(file.parent_path(), "its directory"), {file, "it"}}) {
    struct stat status {};
    if (::stat(path.c_str(), &status) != 0) {
      continue;
    }
    if (!is_ours(status)) {
      out += "; " + std::string(what) + " belongs to " + user_name(status.st_uid);
    }
    if (group_or_others_can_write(status)) {
      out += "; the group " + group_name(status.st_gid) + " can write " + what;
    }
  }
  return out;
}

// The project that has been found.
ProjectRequest found_project(const Host& host, const DoctorFindings& findings) {
  ProjectRequest request;
  request.directory = (host.working_directory / *findings.project).string();
  return request;
}

// Why a rollout of the service would be refused; nothing if the catalog is all right about it.
std::optional<Code> flaw(const Catalog& catalog, const std::string& name) {
  const auto service = catalog.find_service(name);
  if (!service) {
    return service.error().code;
  }
  const auto group = catalog.find_image_group(*service);
  if (!group) {
    return group.error().code;
  }
  if (const auto file = RepositoryPath::parse(group->file, "file"); !file) {
    return file.error().code;
  }
  const auto place = check_tag_place(
      group->file, {.type = group->type, .image_name = group->image_name, .path = group->path});
  return place ? std::nullopt : std::optional(place.error().code);
}

// "lonely (no_image_group), outside (bad_path)", not more than a reader looks at.
std::string shown_flaws(const std::vector<std::pair<std::string, Code>>& flaws) {
  constexpr std::size_t kMax = 10;
  std::string out;
  for (std::size_t i = 0; i < flaws.size() && i < kMax; ++i) {
    out += (i == 0 ? "" : ", ") + sanitize_line(flaws[i].first, 200) + " (" +
           std::string(engine::name(flaws[i].second)) + ")";
  }
  return flaws.size() <= kMax ? out : out + " and " + std::to_string(flaws.size() - kMax) + " more";
}

// How to get services where there are none.
std::string how_to_get_services(const Host& host, const DoctorFindings& findings,
                                const Catalog& catalog) {
  const std::string hint = catalog.how_to_get_services();
  const auto plugin = catalog_to_import(host, findings);
  return plugin ? hint + "\nOr copy the catalog that " + *plugin +
                      for_reader(" has left, with {import_catalog}.")
                : hint;
}

DoctorCheck check_services(const Catalog& catalog) {
  std::vector<std::pair<std::string, Code>> flaws;
  for (const std::string& service : catalog.service_names()) {
    if (const auto code = flaw(catalog, service)) {
      flaws.emplace_back(service, *code);
    }
  }
  const std::size_t count = catalog.service_names().size();
  const std::string what =
      shown(catalog.file()) + ", " + std::to_string(count) +
      (count == 1 ? " service" : " services") +
      (catalog.generated_at() ? ", generated " + sanitize_line(*catalog.generated_at(), 80) : "");
  if (flaws.empty()) {
    return in_place("catalog", what);
  }
  const std::string problem = what + ", of which cannot be rolled out: " + shown_flaws(flaws) + ".";
  const std::string hint = for_reader("{try_rollout} says what is wrong with one.");
  return flaws.size() < count ? noted("catalog", problem, hint)
                              : missing("catalog", {flaws.front().second, problem, hint});
}

}  // namespace

DoctorCheck check_project(const Host& host, const ProjectRequest& request, const CallContext& call,
                          DoctorFindings& findings) {
  auto place = read_project(host, request, {}, call);
  if (!place) {
    return missing("project", place.error());
  }
  findings.project = std::move(place->directory);
  const auto read = read_project(host, found_project(host, findings), {.head = true}, call);
  if (!read) {
    return missing("project", read.error());
  }
  const ProjectHead& head = *read->head;
  findings.project_branch = head.branch;
  return in_place("project", shown(*findings.project) + ", " +
                                 (head.branch ? "branch " + sanitize_line(*head.branch) : "HEAD") +
                                 " at " + head.commit.short_sha());
}

DoctorCheck check_rwenv(const Host& host, const CallContext& call, DoctorFindings& findings) {
  if (!findings.project) {
    return skipped("rwenv", "project");
  }
  auto read = read_project(host, found_project(host, findings), {.rwenv_name = true}, call);
  if (!read) {
    return missing("rwenv", read.error());
  }
  findings.rwenv_name = std::move(*read->rwenv_name);
  return in_place("rwenv", *findings.rwenv_name);
}

DoctorCheck check_envs(const Host& host, DoctorFindings& findings) {
  auto directory = rwenv_config_directory(host);
  if (!directory) {
    return missing("envs.json", directory.error());
  }
  findings.config_directory = std::move(*directory);
  if (!findings.rwenv_name) {
    return skipped("envs.json", "rwenv");
  }
  auto rwenv = load_rwenv(*findings.config_directory, *findings.rwenv_name);
  if (!rwenv) {
    return missing("envs.json", rwenv.error());
  }
  findings.rwenv = std::move(*rwenv);
  const fs::path file = *findings.config_directory / "envs.json";
  return in_place("envs.json", shown(file) + " has " + findings.rwenv->name + whose(file));
}

DoctorCheck check_flux_repo(const Host& host, DoctorFindings& findings) {
  if (!findings.rwenv) {
    return skipped("flux-repo", "envs.json");
  }
  auto remote = configured_remote(host, *findings.config_directory, *findings.rwenv);
  if (!remote) {
    return missing("flux-repo", remote.error());
  }
  findings.remote = std::move(*remote);
  const bool gitea = findings.rwenv->flux_git_repo_type == FluxGitRepoType::gitea;
  return in_place("flux-repo",
                  sanitize_line(findings.remote->url.shown()) +
                      (gitea ? " (gitea: its certificate is not verified)" : " (github)"));
}

DoctorCheck check_read_only(const DoctorFindings& findings) {
  if (!findings.rwenv) {
    return skipped("read-only", "envs.json");
  }
  return findings.rwenv->read_only
             ? noted("read-only", "rwenv '" + findings.rwenv->name + "' is read-only.",
                     "Only dry runs are allowed.")
             : in_place("read-only", "no, rollouts are allowed");
}

DoctorCheck check_catalog(const Host& host, const DoctorFindings& findings) {
  if (!findings.rwenv_name) {
    return skipped("catalog", "rwenv");
  }
  if (!findings.config_directory) {
    return skipped("catalog", "envs.json");
  }
  const auto catalog = load_catalog(host, *findings.config_directory, *findings.rwenv_name);
  if (!catalog) {
    return missing("catalog", catalog.error());
  }
  if ((*catalog)->service_names().empty()) {
    return missing("catalog",
                   {Code::unknown_service,
                    (*catalog)->file().empty()
                        ? "There is no catalog of services (services.json)."
                        : "The catalog " + shown((*catalog)->file()) + " has no services.",
                    how_to_get_services(host, findings, **catalog)});
  }
  DoctorCheck check = check_services(**catalog);
  const auto other = findings.rwenv ? other_scope(**catalog, *findings.rwenv) : std::nullopt;
  return other && check.state == DoctorCheck::State::ok
             ? noted("catalog", other->message, other->hint)
             : check;
}

}  // namespace engine
