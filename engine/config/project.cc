#include "engine/config/project.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "engine/base/abandonable.h"
#include "engine/checkout/changes.h"
#include "engine/checkout/objects.h"
#include "engine/checkout/remotes.h"
#include "engine/checkout/repository.h"
#include "engine/config/rwenv_name.h"
#include "engine/git/failure.h"
#include "engine/git/project_commands.h"
#include "engine/process/runner.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// What is read on a thread that can be left behind, so it owns all of it.
struct Reading {
  Project project;
  std::optional<HeadRef> head;
  fs::path git_dir;
  fs::path root;
  fs::path rwenv_directory;  // whose file names the rwenv; empty where none does
};

Failure no_commit(const fs::path& directory) {
  return fail(Code::no_commit,
              "The repository of '" + sanitize_line(directory.string()) + "' has no commit yet.",
              "Commit and push the feature branch first; the tag is made of its commit.");
}

Failure no_such_commit(const fs::path& directory, const CommitId& commit, const std::string& why) {
  return fail(Code::no_commit,
              "HEAD of the repository of '" + sanitize_line(directory.string()) + "' is " +
                  commit.text() + ", and no commit can be read there: " + sanitize_line(why) + ".",
              "Check the repository with `git fsck`, or check out a branch that is in order.");
}

Failure no_directory(const ProjectPlace& place) {
  return fail(Code::bad_argument, place.source + ": given '" +
                                      sanitize_line(place.directory.string()) +
                                      "', expected the absolute path of an existing directory.");
}

// HEAD, with its commit looked at where its objects can be read here.
Result<HeadRef> read_head(const ProjectRepository& repository, const fs::path& directory) {
  auto head = read_head_ref(repository);
  if (!head || head->reftable) {
    return head;
  }
  if (!head->commit) {
    return no_commit(directory);
  }
  if (const auto id = sha1_of(*head->commit)) {
    const ProjectObjects objects(repository);
    if (const auto commit = objects.check_commit(*id); !commit) {
      return commit.error().kind == FileFault::Kind::system
                 ? unreadable_repository(directory, repository.common_dir, commit.error())
                 : no_such_commit(directory, *head->commit, commit.error().reason);
    }
  }
  return head;
}

std::vector<RemoteUrl> remotes_of(const fs::path& directory) {
  const auto repository = find_project_repository(directory);
  const auto urls = repository ? read_remote_urls(*repository) : std::vector<std::string>();
  return {urls.begin(), urls.end()};
}

Result<Reading> read(const ProjectPlace& place, const ProjectQuestions& questions,
                     const std::optional<std::string>& rwenv_if_none) {
  std::error_code error;
  if (!place.source.empty() && !fs::is_directory(place.directory, error)) {
    return no_directory(place);
  }
  Reading reading;
  reading.project.directory = place.directory;
  if (questions.head) {
    auto repository = find_project_repository(place.directory);
    RETURN_IF_FAILED(repository);
    if (repository->bare) {
      return holds_a_bare_repository(place.directory, *repository);
    }
    auto head = read_head(*repository, place.directory);
    RETURN_IF_FAILED(head);
    reading.head = std::move(*head);
    reading.git_dir = repository->git_dir;
    reading.root = repository->root;
  }
  if (questions.remotes) {
    reading.project.remotes = remotes_of(place.directory);
  }
  if (questions.rwenv_name) {
    auto found = find_set_rwenv(place.directory);
    if (!found && found.error().code == Code::no_rwenv && rwenv_if_none) {
      found = SetRwenv{*rwenv_if_none, {}};
    }
    RETURN_IF_FAILED(found);
    reading.project.rwenv_name = std::move(found->name);
    reading.rwenv_directory = std::move(found->directory);
  }
  return reading;
}

Result<Reading> look_at(const Host& host, const ProjectPlace& place,
                        const ProjectQuestions& questions,
                        const std::optional<std::string>& rwenv_if_none, const CallContext& call) {
  // The repository may name files elsewhere.
  if (questions.head || questions.remotes) {
    const auto work = [place, questions, rwenv_if_none](const std::stop_token&) {
      return read(place, questions, rwenv_if_none);
    };
    return abandonable<Reading>(project_patience(host, place.directory, call), work);
  }
  if (auto name = known_facts(host, place.directory, call).rwenv_name) {
    Reading known;
    known.project.directory = place.directory;
    known.project.rwenv_name = std::move(name);
    return known;
  }
  const auto work = [place, questions, rwenv_if_none,
                     memo = host.project_memo](const std::stop_token&) {
    const ProjectMemo::States before = ProjectMemo::states_of(place.directory);
    auto reading = read(place, questions, rwenv_if_none);
    if (memo && reading && reading->rwenv_directory == place.directory) {
      memo->keep(place.directory, before, *reading->project.rwenv_name);
    }
    return reading;
  };
  return look_at_project<Reading>(host, place.directory, call, work);
}

// HEAD as git reads it, from a repository whose refs only git can.
Result<ProjectHead> ask_git(const Host& host, const Reading& reading, const CallContext& call) {
  const ProjectCommands commands(host.environment, reading.git_dir, reading.root);
  const ProcessResult completion = host.runner.run(commands.head(), call.stop);
  if (completion.kind != ProcessResult::Kind::exited) {
    return Failure(git_not_run(completion, "read the project's HEAD", host.time_limit));
  }
  const auto newline = completion.out.find('\n');
  const auto commit = CommitId::parse(std::string_view(completion.out).substr(0, newline));
  if (!commit && completion.err.find("unknown revision") != std::string::npos) {
    return no_commit(reading.project.directory);
  }
  if (!completion.ok() || !commit) {
    return unreadable_repository(
        reading.project.directory, reading.git_dir / "reftable",
        {FileFault::Kind::other,
         "its refs are a table, which this git does not read: " + git_line(completion.err)});
  }
  std::string branch = completion.out.substr(newline + 1);
  branch.erase(branch.find_last_not_of('\n') + 1);
  return ProjectHead{*commit, branch == "HEAD" ? std::nullopt : std::optional(branch)};
}

// The rwenv that was read is the one that the caller has looked at before.
Result<void> expect_rwenv(const ProjectRequest& request, const Project& project) {
  if (!request.rwenv || !project.rwenv_name || *request.rwenv == *project.rwenv_name) {
    return {};
  }
  return fail(Code::other_rwenv,
              "'" + sanitize_line(project.directory.string()) + "' has been set to rwenv '" +
                  *project.rwenv_name + "' while the call was under way.",
              "Nothing was changed. Call again.");
}

Relation relation(const ProjectObjects& objects, const git_oid& head, const git_oid& other,
                  const std::stop_token& stop) {
  if (objects.is_ancestor(other, head, stop)) {
    return Relation::ahead;
  }
  return objects.is_ancestor(head, other, stop) ? Relation::behind : Relation::neither;
}

ProjectState compare(const fs::path& directory, const CommitId& head,
                     const std::optional<CommitId>& other, const std::stop_token& stop) {
  ProjectState state;
  if (other) {
    state.relation = Relation::neither;
  }
  const auto repository = find_project_repository(directory);
  const auto id = sha1_of(head);
  if (!repository || !id) {
    return state;
  }
  const ProjectObjects objects(*repository);
  if (const auto other_id = other ? sha1_of(*other) : std::nullopt) {
    state.relation = relation(objects, *id, *other_id, stop);
  }
  state.has_uncommitted_changes = find_changes(*repository, objects, *id, stop) == Changes::some;
  return state;
}

}  // namespace

std::string checkout_in_words(const fs::path& directory, const ProjectHead& head) {
  return "'" + sanitize_line(directory.string()) + "', " +
         (head.branch ? "branch " + sanitize_line(*head.branch) : "a detached HEAD") + " at " +
         head.commit.short_sha();
}

Result<Project> read_project(const Host& host, const ProjectRequest& request,
                             const ProjectQuestions& questions, const CallContext& call) {
  auto place = find_project_place(host, request, call);
  RETURN_IF_FAILED(place);
  if (request.directory &&
      (!place->directory.is_absolute() || request.directory->find('\0') != std::string::npos)) {
    return no_directory(*place);
  }
  auto reading = look_at(host, *place, questions, request.rwenv_if_none, call);
  RETURN_IF_FAILED(reading);
  RETURN_IF_FAILED(expect_rwenv(request, reading->project));
  if (reading->head && reading->head->reftable) {
    auto head = ask_git(host, *reading, call);
    RETURN_IF_FAILED(head);
    reading->project.head = std::move(*head);
  } else if (reading->head) {
    reading->project.head = ProjectHead{*reading->head->commit, std::move(reading->head->branch)};
  }
  reading->project.warnings = std::move(place->warnings);
  return std::move(reading->project);
}

Result<ProjectState> compare_project(const Host& host, const fs::path& directory,
                                     const CommitId& head, const std::optional<CommitId>& other,
                                     const CallContext& call) {
  return abandonable<ProjectState>(
      project_patience(host, directory, call),
      [directory, head, other](const std::stop_token& stop) -> Result<ProjectState> {
        return compare(directory, head, other, stop);
      });
}

}  // namespace engine
