#include "engine/checkout/project_place.h"

#include <utility>

#include "engine/base/reader_word.h"
#include "engine/checkout/work_trees.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

using Found = std::optional<WorkTree>;

Result<Found> look_at(const Host& host, const fs::path& directory, const CallContext& call) {
  if (auto known = known_facts(host, directory, call).work_tree) {
    return known;
  }
  const auto work = [directory, memo = host.project_memo](const std::stop_token&) {
    const ProjectMemo::States before = ProjectMemo::states_of(directory);
    Found found = find_work_tree(directory);
    if (memo && found) {
      memo->keep(directory, before, *found);
    }
    return Result<Found>(std::move(found));
  };
  return look_at_project<Found>(host, directory, call, work);
}

Result<WorkTreeRelation> compare(const Host& host, const fs::path& root, const fs::path& next,
                                 const CallContext& call) {
  return abandonable<WorkTreeRelation>(
      project_patience(host, root, call), [root, next](const std::stop_token&) {
        return Result<WorkTreeRelation>(relation_of_work_trees(root, next));
      });
}

// Where the client has not said in which of the work trees it is.
void warn_of_others(const Found& used, const ClientRoot& root, ProjectPlace& place) {
  if (root.problem.empty() || !used || !used->has_others) {
    return;
  }
  place.warnings.push_back("The repository has several work trees, and the client " + root.problem +
                           ", so '" + sanitize_line(used->root.string()) + "'" +
                           (used->head.empty() ? "" : " (" + used->head + ")") + " was used. " +
                           for_reader("For another one, pass its path as {projectDir}."));
}

ProjectPlace place_of_root(ClientRoot root) {
  return {std::move(*root.directory), "the client's first root", std::move(root.warnings)};
}

// CLAUDE_PROJECT_DIR, or the work tree of its repository that the client has moved to.
Result<ProjectPlace> from_variable(const Host& host, const ClientRoots& client,
                                   const std::string& directory, const CallContext& call) {
  ProjectPlace place{host.working_directory / directory, "CLAUDE_PROJECT_DIR", {}};
  if (!client.ask) {
    return place;
  }
  auto next = look_at(host, place.directory, call);
  RETURN_IF_FAILED(next);
  if (!*next || !(*next)->has_others) {
    return place;
  }
  ClientRoot root = client.ask();
  if (root.directory) {
    auto relation = compare(host, *root.directory, place.directory, call);
    RETURN_IF_FAILED(relation);
    if (*relation == WorkTreeRelation::others_of_one_repository) {
      return place_of_root(std::move(root));
    }
    if (*relation == WorkTreeRelation::no_directory) {
      root.problem =
          "names '" + sanitize_line(root.directory->string()) + "', which is no directory";
    } else if (*relation == WorkTreeRelation::unreadable) {
      root.problem = "names '" + sanitize_line(root.directory->string()) +
                     "', a work tree that cannot be read";
    }
  }
  place.warnings = std::move(root.warnings);
  warn_of_others(*next, root, place);
  return place;
}

}  // namespace

Result<ClientRoot> session_root(const Host& host, const ClientRoots& client,
                                const CallContext& call) {
  if (!client.ask) {
    return ClientRoot();
  }
  if (client.sparingly) {
    auto here = look_at(host, host.working_directory, call);
    RETURN_IF_FAILED(here);
    if (*here && !(*here)->has_others) {
      return ClientRoot();
    }
  }
  return client.ask();
}

Result<ProjectPlace> find_project_place(const Host& host, const ProjectRequest& request,
                                        const CallContext& call) {
  if (request.place) {
    return *request.place;
  }
  if (request.directory) {
    return ProjectPlace{*request.directory, reader_label("projectDir"), {}};
  }
  if (const auto directory = host.environment.get("CLAUDE_PROJECT_DIR")) {
    return from_variable(host, request.client, *directory, call);
  }
  auto root = session_root(host, request.client, call);
  RETURN_IF_FAILED(root);
  if (root->directory) {
    return place_of_root(std::move(*root));
  }
  if (host.working_directory.empty()) {
    return fail(
        Code::internal, "The directory that the program was started in cannot be read.",
        for_reader("Start it in another directory, or name the project's by {projectDir}."));
  }
  ProjectPlace place{host.working_directory, "", std::move(root->warnings)};
  if (!root->problem.empty()) {
    auto here = look_at(host, place.directory, call);
    RETURN_IF_FAILED(here);
    warn_of_others(*here, *root, place);
  }
  return place;
}

Patience project_patience(const Host& host, const fs::path& directory, const CallContext& call) {
  return {"reading the project '" + sanitize_line(directory.string()) + "'", host.time_limit,
          call.stop};
}

ProjectFacts known_facts(const Host& host, const fs::path& directory, const CallContext& call) {
  const bool is_local = host.local_files && host.local_files->are_known_in(directory);
  return is_local && host.project_memo ? host.project_memo->find(directory, call.since)
                                       : ProjectFacts();
}

}  // namespace engine
