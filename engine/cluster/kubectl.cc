#include "engine/cluster/kubectl.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "engine/process/runner.h"
#include "engine/text/text.h"
#include "json/parse.h"

namespace engine {
namespace {

// A cluster that is there answers in less than a second. kubectl with what it starts for a login
// may take this long, unless ROLLOUT_TIMEOUT_SECONDS is less, and a connection half of that:
// kubectl then says itself what did not answer.
constexpr std::chrono::seconds kCommandLimit{30};

Failure unreadable_answer(const std::string& why) {
  return fail(Code::cluster_failed, "The cluster's answer cannot be read: " + sanitize_line(why),
              "See whether a proxy answers in the cluster's place.");
}

// That there is no such thing, or that it may not be read, is an answer.
Result<ApiAnswer> answer_of_failure(const ProcessResult& completion, const KubectlTarget& target,
                                    std::chrono::milliseconds limit) {
  if (const auto absence = absence_in(completion)) {
    return ApiAnswer{.absence = absence, .refusal = {}, .value = {}};
  }
  if (!is_forbidden(completion)) {
    return Failure(kubectl_failure(completion, target, limit));
  }
  return ApiAnswer{
      .absence = {}, .refusal = kubectl_failure(completion, target, limit), .value = {}};
}

}  // namespace

Kubectl::Kubectl(const Host& host, KubectlTarget target)
    : host_(&host), commands_(std::move(target)) {}

Result<ApiAnswer> Kubectl::get(const ApiPath& path, const CallContext& call) const {
  const auto limit = std::min<std::chrono::milliseconds>(kCommandLimit, host_->time_limit);
  const auto request_limit = std::chrono::ceil<std::chrono::seconds>(limit / 2);
  const ProcessResult completion =
      host_->runner.run(commands_.get(path, request_limit), call.stop, limit);
  if (!completion.ok()) {
    return answer_of_failure(completion, commands_.target(), limit);
  }
  if (completion.out.size() >= max_output(Program::kubectl)) {
    return unreadable_answer("it is larger than 4 MiB.");
  }
  auto value = json::parse(completion.out);
  if (!value) {
    return unreadable_answer(value.error().message + ".");
  }
  if (!value->is_object()) {
    return unreadable_answer("it is not an object.");
  }
  return ApiAnswer{.absence = {}, .refusal = {}, .value = std::move(*value)};
}

}  // namespace engine
