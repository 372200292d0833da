#include "cli/demo_sandbox.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <new>
#include <sstream>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <sys/stat.h>

#include "engine/base/environment_directories.h"
#include "engine/base/write_file.h"
#include "engine/process/path_lookup.h"
#include "engine/text/text.h"
#include "json/parse.h"

namespace cli {
namespace {

namespace fs = std::filesystem;

// Where the programs of a system are, if nobody says.
constexpr const char* kUsualPath = "/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin";
// For its user only.
constexpr mode_t kCreationMask = 077;
constexpr std::string_view kService = "papi";
constexpr std::string_view kManifest = "apps/backend-services/kustomization.yaml";

constexpr std::string_view kManifestText = R"(apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources:
  - deployments.yaml

images:
  # The API and its workers run one image.
  - name: backend-services
    newName: registry.example/acme/backend-services
    newTag: "pr-41-9f8e7d6"  # set by rollout-mcp
)";

constexpr std::string_view kCatalog = R"({
  "services": {
    "papi": {"imageGroup": "backend-services", "kustomization": "apps"},
    "worker": {"imageGroup": "backend-services", "kustomization": "apps"}
  },
  "imageGroups": {
    "backend-services": {
      "file": "apps/backend-services/kustomization.yaml",
      "imageName": "backend-services",
      "type": "kustomize-images"
    }
  }
}
)";

constexpr std::string_view kGitConfig =
    "[user]\n\tname = Demo\n\temail = demo@rollout.example\n[init]\n\tdefaultBranch = main\n";

// Stands in for GitHub: the branch's pull request is #42, and its head is what is checked out.
constexpr std::string_view kGh = R"sh(#!/bin/sh
[ "$1 $2" = "pr view" ] || { echo "this stand-in knows only: gh pr view" >&2; exit 1; }
printf '{"number":42,"url":"https://github.example/acme/papi/pull/42","state":"OPEN","headRefOid":"%s"}\n' \
  "$(git rev-parse HEAD)"
)sh";

engine::Failure cannot(std::string_view what, const fs::path& file, int error) {
  return engine::fail(engine::Code::internal,
                      "The demo cannot " + std::string(what) + " " + file.string() + ": " +
                          std::generic_category().message(error) + ".",
                      "Set TMPDIR to a directory that it may write to.");
}

}  // namespace

DemoSandbox::DemoSandbox(const engine::Host& host)
    : search_path_(host.environment.get("PATH").value_or(kUsualPath)),
      temporary_(engine::temporary_directory(host.environment)) {}

DemoSandbox::~DemoSandbox() {
  if (!root_.empty()) {
    try {
      std::error_code ignored;
      fs::remove_all(root_, ignored);
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): it stays in TMPDIR
    }
  }
}

std::string_view DemoSandbox::manifest() const {
  return kManifest;
}

std::string_view DemoSandbox::service() const {
  return kService;
}

engine::Result<void> DemoSandbox::build() {
  git_ = engine::find_program("git", search_path_).value_or(fs::path());
  if (git_.empty()) {
    return engine::fail(engine::Code::internal, "git is not installed: it is not on PATH.",
                        "Install git, as rollout-mcp needs it for every rollout.");
  }
  if (auto made = make_directories(); !made) {
    return made;
  }
  if (auto made = make_flux_repository(); !made) {
    return made;
  }
  return make_project();
}

engine::Result<void> DemoSandbox::make_directories() {
  std::error_code error;
  std::string name = (fs::absolute(temporary_, error) / "rollout-mcp-demo.XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    return cannot("make a directory in", temporary_, errno);
  }
  root_ = fs::canonical(name, error);
  environment_ = {{"PATH", (root_ / "bin").string() + ":" + search_path_},
                  {"HOME", (root_ / "home").string()},
                  {"TMPDIR", root_.string()},
                  {"LC_ALL", "C.UTF-8"},
                  {"GIT_CONFIG_GLOBAL", (root_ / "home" / "gitconfig").string()},
                  {"GIT_CONFIG_NOSYSTEM", "1"},
                  {"RWENV_CONFIG_DIR", (root_ / "home" / "rwenv").string()},
                  {"CLAUDE_PROJECT_DIR", (root_ / "papi").string()}};
  OrderedJson envs = OrderedJson::object();
  envs["rwenvs"]["demo"]["fluxGitRepo"] = "file://" + (root_ / "flux.git").string();
  const fs::path rwenv = root_ / "home" / "rwenv";
  for (const auto& made : {write(root_ / "home" / "gitconfig", kGitConfig),
                           write(rwenv / "envs.json", json::dump(envs) + "\n"),
                           write(rwenv / "flux-infra-guide" / "demo" / "services.json", kCatalog),
                           write(root_ / "bin" / "gh", kGh, true)}) {
    if (!made) {
      return made;
    }
  }
  return {};
}

engine::Result<void> DemoSandbox::make_flux_repository() {
  const fs::path work = root_ / "flux";
  if (auto written = write(work / kManifest, kManifestText); !written) {
    return written;
  }
  return git_steps(work,
                   {{"init", "--quiet"},
                    {"add", "."},
                    {"commit", "--quiet", "--message", "chore: the cluster as it is"},
                    {"clone", "--quiet", "--bare", work.string(), (root_ / "flux.git").string()}});
}

engine::Result<void> DemoSandbox::make_project() {
  const fs::path work = root_ / "papi";
  for (const auto& written : {write(work / "main.py", "print(\"search, but faster\")\n"),
                              write(work / ".claude" / "rwenv", "demo\n")}) {
    if (!written) {
      return written;
    }
  }
  return git_steps(work, {{"init", "--quiet"},
                          {"checkout", "--quiet", "-b", "feature/fast-search"},
                          {"add", "."},
                          {"commit", "--quiet", "--message", "feat: faster search"}});
}

engine::Result<void> DemoSandbox::write(const fs::path& file, std::string_view text,
                                        bool executable) const {
  RETURN_IF_FAILED(engine::write_file(file, text, kCreationMask));
  if (executable) {
    ::chmod(file.c_str(), S_IRWXU);
  }
  return {};
}

engine::Result<std::string> DemoSandbox::git(const fs::path& directory,
                                             std::vector<std::string> arguments) {
  const std::string command = arguments.empty() ? "" : arguments.front();
  arguments.insert(arguments.begin(), {"-C", directory.string()});
  Variables environment = environment_;
  // So that the ids, and with them the tag, are the same each time.
  for (const char* name : {"GIT_AUTHOR_DATE", "GIT_COMMITTER_DATE"}) {
    environment[name] = "2026-01-01T12:00:00Z";
  }
  DemoChild child;
  if (auto started = child.start({git_, std::move(arguments), std::move(environment), errors()});
      !started) {
    return engine::failure_of(started);
  }
  child.end_of_input();
  std::string out = child.read_all();
  if (child.wait() != 0) {
    return engine::fail(engine::Code::internal,
                        "git " + command + " failed in the sandbox: " + said_errors());
  }
  return out;
}

engine::Result<void> DemoSandbox::git_steps(const fs::path& directory,
                                            const std::vector<std::vector<std::string>>& steps) {
  for (const std::vector<std::string>& step : steps) {
    RETURN_IF_FAILED(git(directory, step));
  }
  return {};
}

engine::Result<std::string> DemoSandbox::ask_remote(std::vector<std::string> arguments) {
  return git(root_ / "flux.git", std::move(arguments));
}

std::string DemoSandbox::said_errors() const {
  std::ifstream in(errors(), std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return engine::sanitize_text(text.str());
}

}  // namespace cli
