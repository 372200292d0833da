#include "engine/rollout_plan.h"

#include <algorithm>
#include <future>
#include <utility>

#include "engine/base/beside.h"
#include "engine/base/reader_word.h"
#include "engine/base/repository_path.h"
#include "engine/config/configured_remote.h"
#include "engine/git/handles.h"
#include "engine/git/read_identity.h"

namespace engine {
namespace {

Failure bad_argument(std::string message, std::string hint) {
  return fail(Code::bad_argument, std::move(message), std::move(hint));
}

Result<void> check_services(const RolloutRequest& request) {
  if (request.services.empty()) {
    return {};
  }
  const std::size_t count = request.services.size();
  if (count > RolloutRequest::kMaxServices) {
    return bad_argument(reader_label("services") + ": given " + std::to_string(count) +
                            ", expected at most " + std::to_string(RolloutRequest::kMaxServices) +
                            ".",
                        "Roll out the others with a second call.");
  }
  if (request.service || request.file || request.image_name) {
    return bad_argument(
        reader_label("services") +
            for_reader(": not accepted together with {service}, {file} or {imageName}."),
        "Give the names of the services alone, or one service.");
  }
  return {};
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
  RETURN_IF_FAILED(check_services(request));
  if (!request.service && request.services.empty() && !request.file) {
    return bad_argument("service is missing; expected the name of a service in the catalog.",
                        for_reader("They are listed by {list_services}."));
  }
  if (!request.service && request.services.empty() && !request.image_name) {
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

// A dry run needs none, but whose a proposal is can be told only with one.
Result<std::optional<Identity>> identity_of(const Host& host, const Rwenv& rwenv,
                                            const FluxRemote& remote, bool dry_run,
                                            const CallContext& call) {
  if (dry_run && rwenv.flux_write == FluxWrite::push) {
    return std::optional<Identity>();
  }
  auto identity = expect_identity(host, remote.clone, call, remote.tls);
  if (!identity && dry_run && identity.error().code == Code::no_identity) {
    return std::optional<Identity>();
  }
  return identity;
}

// Each once: the catalog may give several targets the same warning.
std::vector<std::string> warnings_of(std::vector<std::string> warnings,
                                     const std::vector<RolloutTarget>& targets) {
  for (const RolloutTarget& target : targets) {
    for (const std::string& warning : target.warnings) {
      if (std::ranges::find(warnings, warning) == warnings.end()) {
        warnings.push_back(warning);
      }
    }
  }
  return warnings;
}

}  // namespace

Result<RolloutPlan> plan_rollout(const Host& host, const RolloutRequest& request,
                                 const CallContext& call, TagOrigin origin) {
  RETURN_IF_FAILED(check_arguments(request));
  auto file = file_given(request);
  RETURN_IF_FAILED(file);
  // gh is started only in a project whose repository git may read.
  const bool needs_head = !request.tag && origin == TagOrigin::request;
  const bool needs_repository = needs_head || request.verify_pipeline;
  auto configured = find_configured_rwenv(host, request.project, call,
                                          needs_repository ? WithHead::yes : WithHead::no);
  RETURN_IF_FAILED(configured);
  ActiveRwenv& active = configured->active;
  auto remote = find_remote(host, *configured, request.dry_run);
  RETURN_IF_FAILED(remote);
  const auto libgit2 = std::async(kBeside, start_libgit2);  // while git answers
  auto identity = identity_of(host, configured->rwenv, *remote, request.dry_run, call);
  RETURN_IF_FAILED(identity);
  auto targets =
      find_rollout_targets(host, active.config_directory, configured->rwenv, request, *file);
  RETURN_IF_FAILED(targets);
  auto proposal =
      plan_proposal(host, configured->rwenv, active.config_directory, remote->url, *targets);
  RETURN_IF_FAILED(proposal);
  if (*proposal) {
    ask_for_proposal(*remote, **proposal);
  }
  auto warnings = warnings_of(std::move(active.warnings), *targets);
  return RolloutPlan{.project = std::move(active.project),
                     .head = needs_head ? std::move(active.head) : std::nullopt,
                     .warnings = std::move(warnings),
                     .config_directory = std::move(active.config_directory),
                     .rwenv = std::move(active.name),
                     .confirm_replace = configured->rwenv.confirm_replace,
                     .kubernetes_context = configured->rwenv.kubernetes_context,
                     .configuration = std::move(configured->rwenv),
                     .remote = std::move(*remote),
                     .proposal = std::move(*proposal),
                     .identity = std::move(*identity),
                     .targets = std::move(*targets)};
}

}  // namespace engine
