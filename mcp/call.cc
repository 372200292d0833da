#include "mcp/call.h"

#include <exception>
#include <utility>

#include "mcp/connection.h"
#include "mcp/input.h"

namespace mcp {
namespace {

// Unwinds a handler. Deliberately no std::exception, which handlers may catch.
struct Unwind {
  Outcome outcome;
};

class RequestContext final : public Context {
 public:
  RequestContext(Connection& connection, Call& call) : connection_(connection), call_(call) {}

  std::stop_token stop_token() const override { return call_.stop.get_token(); }

  void progress(double progress, std::optional<double> total, std::string_view message) override {
    connection_.send_progress(call_, progress, total, message);
  }

  void log(LogLevel level, std::string_view logger, OrderedJson data) override {
    connection_.send_log(call_, level, logger, std::move(data));
  }

  bool can_ask(std::string_view method) const override { return call_.info.can_ask(method); }

  std::vector<Json> ask(std::vector<InputRequest> requests, Proof proof) override {
    require_capabilities(requests);
    if (call_.info.era == Era::modern) {
      return recall(std::move(requests), proof);
    }
    return ask_legacy(requests);
  }

  std::vector<std::string> roots() override {
    const bool known = call_.info.era == Era::legacy && can_ask("roots/list");
    return known ? connection_.roots(call_) : std::vector<std::string>{};
  }

 private:
  void require_capabilities(const std::vector<InputRequest>& requests) const {
    OrderedJson missing = OrderedJson::object();
    for (const InputRequest& request : requests) {
      if (!can_ask(request.method)) {
        missing[std::string(capability_for(request.method))] = OrderedJson::object();
      }
    }
    if (missing.empty()) {
      return;
    }
    if (call_.info.era == Era::legacy) {
      fail_legacy("The client does not declare the capability that this needs: " +
                  missing.begin().key());
    }
    OrderedJson data = {{"requiredCapabilities", std::move(missing)}};
    throw Unwind{RpcError{ErrorCode::missing_client_capability,
                          "The request needs a client capability that is not declared",
                          std::move(data)}};
  }

  // The answers that came with the request; unwinds if some are still to be asked for.
  std::vector<Json> recall(std::vector<InputRequest> requests, Proof proof) {
    std::vector<Json> answers;
    std::vector<InputRequest> missing;
    const bool proven = proof == Proof::none || call_.rounds.asked;
    for (InputRequest& request : requests) {
      const Json* answer = member(call_.rounds.earlier, request.key);
      if (answer == nullptr && proven) {
        answer = member(call_.rounds.answers, request.key);
      }
      const auto check =
          answer != nullptr ? check_answer(request, *answer) : AnswerCheck::incomplete;
      if (check == AnswerCheck::wrong) {
        throw Unwind{RpcError{
            ErrorCode::invalid_params,
            "Invalid params: the answer `" + request.key + "` does not fit " + request.method}};
      }
      if (check == AnswerCheck::incomplete) {
        missing.push_back(std::move(request));
      } else {
        carried_[request.key] = *answer;
        answers.push_back(*answer);
      }
    }
    if (!missing.empty()) {
      const bool seal = proof == Proof::asked || !carried_.empty();
      throw Unwind{InputRequired{std::move(missing), seal ? carried_ : Json(nullptr)}};
    }
    return answers;
  }

  std::vector<Json> ask_legacy(const std::vector<InputRequest>& requests) {
    std::vector<Answer> answers = connection_.ask(call_, requests);
    std::vector<Json> results;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      Answer& answer = answers[i];
      if (!answer) {
        fail_legacy("The client answered " + requests[i].method +
                    " with an error: " + answer.error());
      }
      if (check_answer(requests[i], *answer) != AnswerCheck::good) {
        fail_legacy("The client's answer to " + requests[i].method + " is not valid");
      }
      results.push_back(std::move(*answer));
    }
    return results;
  }

  // In the older revisions a tool that cannot ask has failed, which its caller's model is told.
  [[noreturn]] void fail_legacy(std::string message) const {
    if (call_.method != "tools/call") {
      throw Unwind{RpcError{ErrorCode::invalid_params, std::move(message)}};
    }
    throw Unwind{
        OrderedJson{{"content", OrderedJson::array({text_content(message)})}, {"isError", true}}};
  }

  Connection& connection_;
  Call& call_;
  Json carried_ = Json::object();  // answers that this run has used
};

}  // namespace

Outcome perform(Connection& connection, Call& call, const Job& job, const Logger& log) {
  RequestContext context(connection, call);
  std::string problem = "an exception of an unknown type";
  try {
    auto result = job(context);
    if (!result) {
      return std::move(result.error());
    }
    return std::move(*result);
  } catch (Unwind& unwind) {
    return std::move(unwind.outcome);
  } catch (const std::exception& error) {
    problem = error.what();
  } catch (...) {  // NOLINT(bugprone-empty-catch): `problem` says so already
  }
  if (log) {
    log(LogLevel::error, "the handler of " + call.method + " failed: " + problem);
  }
  return RpcError{ErrorCode::internal_error, "Internal error"};
}

}  // namespace mcp
