#include "engine/rollout.h"

#include <future>
#include <utility>

#include "engine/base/beside.h"
#include "engine/base/environment_directories.h"
#include "engine/base/reader_word.h"
#include "engine/base/repository_path.h"
#include "engine/config/active_rwenv.h"
#include "engine/config/configured_remote.h"
#include "engine/flux/repository.h"
#include "engine/forge/pull_request.h"
#include "engine/git/identity.h"
#include "engine/git/read_identity.h"
#include "engine/manifest/edit.h"
#include "engine/resolve_tag.h"
#include "engine/rollout_target.h"
#include "engine/text/text.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

// All that can be known without the network (specification, section 7).
struct Plan {
  fs::path project;
  std::optional<ProjectHead> head;  // nothing if the tag was given
  std::vector<std::string> warnings;
  std::string rwenv;
  std::optional<std::string> kubernetes_context;
  FluxRemote remote;
  std::optional<Identity> identity;  // nothing where only the clone can say, and for a dry run
  RolloutTarget target;
};

Failure bad_argument(std::string message, std::string hint) {
  return fail(Code::bad_argument, std::move(message), std::move(hint));
}

Result<void> check_arguments(const RolloutRequest& request) {
  if (request.image_name && !request.file) {
    return bad_argument(
        reader_label("imageName") + for_reader(" is accepted only together with {file}."),
        "The catalog says which image a service runs.");
  }
  if (request.path && !request.file) {
    return bad_argument(
        reader_label("path") + for_reader(" is accepted only together with {file}."),
        "The catalog says where a service's tag is.");
  }
  if (!request.service && !request.file) {
    return bad_argument("service is missing; expected the name of a service in the catalog.",
                        for_reader("They are listed by {list_services}."));
  }
  if (!request.service && !request.image_name) {
    return bad_argument(
        reader_label("imageName") +
            for_reader(" is missing; with {file} and no service it says which image."),
        "Give the `name` of the entry in the file's `images`, or what comes before the tag in the "
        "image reference.");
  }
  if (request.tag && request.pr_number && request.tag->pr_number() != *request.pr_number) {
    return bad_argument(reader_label("prNumber") + ": given " +
                            std::to_string(request.pr_number->value()) + ", expected " +
                            std::to_string(request.tag->pr_number().value()) +
                            ", the number in the tag.",
                        "Give one of them.");
  }
  return {};
}

Result<std::optional<RepositoryPath>> file_given(const RolloutRequest& request) {
  if (!request.file) {
    return std::optional<RepositoryPath>();
  }
  auto file = RepositoryPath::parse(*request.file, reader_label("file"));
  RETURN_IF_FAILED(file);
  return std::optional(std::move(*file));
}

Result<FluxRemote> find_remote(const Host& host, const ConfiguredRwenv& configured, bool dry_run) {
  auto remote = configured_remote(host, configured.active.config_directory, configured.rwenv);
  RETURN_IF_FAILED(remote);
  if (configured.rwenv.read_only && !dry_run) {
    return fail(Code::read_only,
                "rwenv '" + configured.rwenv.name + "' is read-only. Cannot modify Flux repo.",
                "A dry run is allowed.");
  }
  return remote;
}

Result<Plan> make_plan(const Host& host, const RolloutRequest& request, const CallContext& call) {
  RETURN_IF_FAILED(check_arguments(request));
  auto file = file_given(request);
  RETURN_IF_FAILED(file);
  // gh is started only in a project whose repository is one that git may look at.
  const bool needs_repository = !request.tag || request.verify_pipeline;
  auto configured = find_configured_rwenv(host, request.project, call,
                                          needs_repository ? WithHead::yes : WithHead::no);
  RETURN_IF_FAILED(configured);
  ActiveRwenv& active = configured->active;
  auto remote = find_remote(host, *configured, request.dry_run);
  RETURN_IF_FAILED(remote);
  std::optional<Identity> identity;
  if (!request.dry_run) {
    auto expected = expect_identity(host, remote->clone, call, remote->tls);
    RETURN_IF_FAILED(expected);
    identity = std::move(*expected);
  }
  auto target =
      find_rollout_target(host, active.config_directory, configured->rwenv, request, *file);
  RETURN_IF_FAILED(target);
  std::vector<std::string> warnings = std::move(active.warnings);
  warnings.insert(warnings.end(), target->warnings.begin(), target->warnings.end());
  return Plan{.project = std::move(active.project),
              .head = request.tag ? std::nullopt : std::move(active.head),
              .warnings = std::move(warnings),
              .rwenv = std::move(active.name),
              .kubernetes_context = std::move(configured->rwenv.kubernetes_context),
              .remote = std::move(*remote),
              .identity = std::move(identity),
              .target = std::move(*target)};
}

struct TagAndWarnings {
  ImageTag tag;
  std::vector<std::string> warnings;
};

// The tag: given, or made of HEAD and the pull request. Asks gh only where it must.
Result<TagAndWarnings> determine_tag(const Host& host, const RolloutRequest& request,
                                     const Plan& plan, const CallContext& call) {
  if (!request.tag) {
    auto resolved =
        tag_of(host, {plan.project, *plan.head, request.pr_number, request.verify_pipeline}, call);
    RETURN_IF_FAILED(resolved);
    return TagAndWarnings{resolved->tag, std::move(resolved->warnings)};
  }
  if (request.verify_pipeline) {
    auto pull_request =
        view_pull_request(host, {plan.project, request.tag->pr_number(), true}, call);
    RETURN_IF_FAILED(pull_request);
    RETURN_IF_FAILED(require_green(*pull_request));
  }
  return TagAndWarnings{*request.tag, {}};
}

struct Opened {
  FluxRepository repository;
  Identity identity;
};

// The clone, and who commits in it: a new one may have settings of its own (`includeIf`).
Result<Opened> open_repository(const Host& host, const RolloutRequest& request, const Plan& plan,
                               const CallContext& call) {
  auto repository = FluxRepository::open(host, plan.remote, call);
  RETURN_IF_FAILED(repository);
  if (request.dry_run || (plan.identity && !repository->is_new())) {
    return Opened{std::move(*repository), plan.identity.value_or(Identity())};
  }
  auto identity = read_identity(host, plan.remote.clone, call, plan.remote.tls);
  RETURN_IF_FAILED(identity);
  return Opened{std::move(*repository), std::move(*identity)};
}

struct Prepared {
  TagAndWarnings tag;
  FluxRepository repository;
  Identity identity;
};

// gh and the remote are asked side by side; the failure of one stops the other. Returns as soon as
// the tag is known: the fetch of the remote's head may still be under way then.
Result<Prepared> prepare(const Host& host, const RolloutRequest& request, const Plan& plan,
                         std::stop_source& either, const CallContext& call) {
  auto tag = std::async(kBeside, [&] {
    auto determined = determine_tag(host, request, plan, CallContext{either.get_token(), {}});
    if (!determined) {
      either.request_stop();
    }
    return determined;
  });
  const CallContext asking{either.get_token(), call.progress};
  auto opened = open_repository(host, request, plan, asking);
  if (opened) {
    opened->repository.begin_fetch(asking, [&either] { either.request_stop(); });
  } else {
    either.request_stop();
  }
  auto determined = tag.get();
  if (determined && opened) {
    return Prepared{std::move(*determined), std::move(opened->repository),
                    std::move(opened->identity)};
  }
  // Report the failure that caused the stop, not the side that was stopped.
  const bool tag_was_stopped = !determined && determined.error().code == Code::cancelled;
  if (!determined && !tag_was_stopped) {
    return failure_of(determined);
  }
  RETURN_IF_FAILED(opened);
  auto fetched = opened->repository.fetch(asking);
  return fetched ? failure_of(determined) : failure_of(fetched);
}

RolloutStatus status_of(const RolloutRequest& request, const PushedChange& pushed) {
  if (!pushed.changed) {
    return RolloutStatus::unchanged;
  }
  return request.dry_run ? RolloutStatus::dry_run : RolloutStatus::updated;
}

RolloutResult result_of(const RolloutRequest& request, Plan plan, TagAndWarnings tag,
                        PushedChange pushed) {
  RolloutResult result;
  result.status = status_of(request, pushed);
  result.tag = tag.tag.text();
  result.previous_tag = std::move(pushed.previous_tag);
  result.service = request.service;
  result.image_group = std::move(plan.target.image_group);
  result.image_name = std::move(plan.target.place.image_name);
  result.file = plan.target.file.text();
  result.flux_repo = plan.remote.url.shown();
  result.branch = std::move(pushed.branch);
  result.rwenv = std::move(plan.rwenv);
  if (pushed.commit) {
    result.commit = pushed.commit->text();
  }
  result.attempts = pushed.attempts;
  result.services_affected = std::move(plan.target.services_affected);
  result.kustomization = std::move(plan.target.kustomization);
  result.kustomization_namespace = std::move(plan.target.kustomization_namespace);
  result.kubernetes_context = std::move(plan.kubernetes_context);
  result.diff = std::move(pushed.diff);
  result.project_directory = plan.project.string();
  result.project_branch = plan.head ? std::move(plan.head->branch) : std::nullopt;
  result.warnings = std::move(plan.warnings);
  result.warnings.insert(result.warnings.end(), tag.warnings.begin(), tag.warnings.end());
  result.warnings.insert(result.warnings.end(), pushed.warnings.begin(), pushed.warnings.end());
  return result;
}

}  // namespace

Result<RolloutResult> rollout(const Host& host, const RolloutRequest& request,
                              const CallContext& call) {
  RETURN_IF_FAILED(check_directories(host.environment));
  call.report("reading the configuration");
  auto plan = make_plan(host, request, call);
  RETURN_IF_FAILED(plan);
  if (plan->head) {
    call.report("taking the commit of " + checkout_in_words(plan->project, *plan->head));
  }
  std::stop_source either;
  const std::stop_callback forward(call.stop, [&] { either.request_stop(); });
  auto prepared = prepare(host, request, *plan, either, call);
  RETURN_IF_FAILED(prepared);
  const ImageTag tag = prepared->tag.tag;
  const RolloutTarget& target = plan->target;
  const Change change{
      .file = target.file,
      .edit =
          [&](std::string_view bytes) {
            return set_image_tag(target.file.text(), bytes, target.place, tag, call.stop);
          },
      .message =
          "chore(" + sanitize_line(target.label(), 200) + "): update image tag to " + tag.text(),
      .dry_run = request.dry_run};
  auto pushed = prepared->repository.push(change, prepared->identity, call);
  RETURN_IF_FAILED(pushed);
  return result_of(request, std::move(*plan), std::move(prepared->tag), std::move(*pushed));
}

}  // namespace engine
