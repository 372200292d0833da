#include "engine/cluster/flux_objects.h"

#include <string>
#include <utility>

#include "engine/cluster/flux_revision.h"
#include "engine/cluster/object_fields.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::size_t kMaxReason = 100;
constexpr std::size_t kMaxMessage = 300;

// The annotation of an OCI artifact that says of which revision of git it was made.
constexpr std::string_view kOriginRevision = "org.opencontainers.image.revision";

ReadyCondition::Status status_of(const Json& ready) {
  const auto status = text_field(ready, {"status"});
  return status == "True"    ? ReadyCondition::Status::yes
         : status == "False" ? ReadyCondition::Status::no
                             : ReadyCondition::Status::unknown;
}

std::string first_line(const std::string& text) {
  return sanitize_line(text.substr(0, text.find('\n')), kMaxMessage);
}

// A condition says itself of which generation it is, and the object says it in Flux before version
// 0.31.
bool is_of_latest(const Json& object, const Json& ready) {
  const std::int64_t generation = count_field(ready, {"observedGeneration"});
  return generation == 0 ? is_observed(object)
                         : generation >= count_field(object, {"metadata", "generation"});
}

std::optional<ReadyCondition> read_ready(const Json& object) {
  const Json& ready = condition(object, "Ready");
  if (ready.is_null()) {
    return std::nullopt;
  }
  return ReadyCondition{
      .status = status_of(ready),
      .reason = sanitize_line(text_field(ready, {"reason"}).value_or(""), kMaxReason),
      .message = first_line(text_field(ready, {"message"}).value_or("")),
      .since = moment_field(ready, {"lastTransitionTime"}),
      .is_of_latest_generation = is_of_latest(object, ready),
  };
}

// Names are only shown and asked for, and what cannot be one is not asked for.
std::string name_in(const Json& object, FieldPath path, const std::string& otherwise = {}) {
  const auto name = text_field(object, path);
  return name ? sanitize_line(*name, 253) : otherwise;
}

std::optional<FluxRevision> read_revision(const Json& status, std::string_view key,
                                          std::string_view origin_key,
                                          const std::string& source_kind) {
  const auto text = text_field(status, {key});
  if (!text) {
    return std::nullopt;
  }
  return source_kind == "GitRepository"
             ? git_revision(*text)
             : artifact_revision(*text, text_field(status, {origin_key}).value_or(""));
}

}  // namespace

FluxKustomizationState read_flux_kustomization(const Json& answer, ObjectReference object) {
  FluxKustomizationState state;
  state.source = {
      .kind = name_in(answer, {"spec", "sourceRef", "kind"}),
      .name_space = name_in(answer, {"spec", "sourceRef", "namespace"}, object.name_space),
      .name = name_in(answer, {"spec", "sourceRef", "name"})};
  state.object = std::move(object);
  state.is_suspended = is_true(answer, {"spec", "suspend"});
  const Json& status = field(answer, {"status"});
  state.applied =
      read_revision(status, "lastAppliedRevision", "lastAppliedOriginRevision", state.source.kind);
  state.attempted = read_revision(status, "lastAttemptedRevision", "lastAttemptedOriginRevision",
                                  state.source.kind);
  state.ready = read_ready(answer);
  return state;
}

FluxSourceState read_flux_source(const Json& answer, ObjectReference object) {
  FluxSourceState state;
  state.is_suspended = is_true(answer, {"spec", "suspend"});
  const Json& artifact = field(answer, {"status", "artifact"});
  if (const auto revision = text_field(artifact, {"revision"})) {
    const auto origin = text_field(artifact, {"metadata", kOriginRevision});
    state.artifact = object.kind == "GitRepository"
                         ? git_revision(*revision)
                         : artifact_revision(*revision, origin.value_or(""));
    state.fetched_at = moment_field(artifact, {"lastUpdateTime"});
  }
  state.ready = read_ready(answer);
  state.object = std::move(object);
  return state;
}

}  // namespace engine
