#include "mcp/request_context.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <limits>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "json/reader.h"
#include "mcp/answer_check.h"
#include "mcp/methods.h"

namespace mcp {
namespace {

constexpr std::string_view kRootsMethod = "roots/list";
constexpr std::string_view kRootsKey = "roots";

// What a request of 2026-07-28 needs of its client before it can go on: it is to be repeated with
// the answers. Thrown by the questions of a handler, which does not catch it: it is no
// std::exception, because a handler may catch those.
struct InputRequired {
  std::vector<InputRequest> requests;
  std::optional<std::string> state;  // `requestState`
};

// The outcome of a handler.
using Outcome = std::variant<MethodResult, InputRequired, RpcError>;

// On the handler's thread, or those that it uses.
class RequestContext final : public Context {
 public:
  RequestContext(ConnectionState& connection, Call& call) : connection_(connection), call_(call) {}

  std::stop_token stop_token() const override { return call_.stop.get_token(); }
  std::chrono::steady_clock::time_point arrived() const override { return call_.arrived; }
  bool can_ask(std::string_view method) const override { return call_.info.can_ask(method); }
  bool asking_ends_request() const override { return call_.info.era == Era::modern; }

  void progress(double progress, std::optional<double> total, std::string_view message) override {
    const locking::MutexLock lock(mutex_);
    if (!call_.info.progress_token || !std::isfinite(progress) || progress <= last_progress_) {
      return;
    }
    last_progress_ = progress;
    OrderedJson params = {{"progressToken", to_json(*call_.info.progress_token)},
                          {"progress", json::number(progress)}};
    if (total && std::isfinite(*total)) {
      params["total"] = json::number(*total);
    }
    if (!message.empty() && call_.info.version != kVersion2024) {
      params["message"] = message;
    }
    send("notifications/progress", std::move(params));
  }

  void log(LogLevel level, std::string_view logger, OrderedJson data) override {
    const auto threshold =
        call_.session ? std::optional(call_.session->log_level()) : call_.info.log_level;
    if (!connection_.options.logging || !threshold || level < *threshold) {
      return;
    }
    OrderedJson params = {{"level", to_string(level)}};
    if (!logger.empty()) {
      params["logger"] = logger;
    }
    params["data"] = std::move(data);
    send("notifications/message", std::move(params));
  }

  std::vector<Json> ask(std::vector<InputRequest> requests, AnswerTrust trust,
                        std::string_view bound_to) override {
    const bool modern = call_.info.era == Era::modern;
    OrderedJson missing = OrderedJson::object();
    for (const InputRequest& request : requests) {
      if (!can_ask(request.method)) {
        missing[std::string(capability_for(request.method))] = OrderedJson::object();
      }
    }
    if (!missing.empty() && modern) {
      throw RpcError{ErrorCode::missing_client_capability,
                     "The request needs a client capability that is not declared",
                     OrderedJson{{"requiredCapabilities", std::move(missing)}}};
    }
    if (!missing.empty()) {
      throw NotAnswered("The client does not declare the capability that this needs: " +
                        missing.begin().key());
    }
    return modern ? recall(std::move(requests), trust, connection_.request_state.bind(bound_to))
                  : ask_legacy(requests);
  }

  Roots roots() override {
    if (!can_ask(kRootsMethod)) {
      return tl::unexpected(std::string("offers no roots"));
    }
    return call_.session ? call_.session->roots(stop_token(), [this] { return ask_for_roots(); })
                         : recall_roots();
  }

  // A requestState counts once.
  void spend_state() {
    if (const auto& state = call_.round_trip.state) {
      const auto& spend = connection_.options.spend_state;
      require(connection_.spent_states.spend(state->id, state->expires,
                                             std::chrono::system_clock::now()) &&
                  (!spend || spend(state->id, state->expires)),
              "`requestState` has been used already. Make the request again without it");
    }
  }

 private:
  void send(std::string_view method, OrderedJson params) {
    const OrderedJson message = make_notification(method, std::move(params));
    if (!call_.ended) {
      connection_.send(message, Delivery::droppable);
    }
  }

  // The roots that came with the request; without them the client is asked. A wrong answer is not
  // asked for again.
  Roots recall_roots() {
    if (!call_.round_trip.possible) {
      return tl::unexpected("cannot be asked for its roots by " + call_.request.method);
    }
    const InputRequest question = roots_question();
    const auto& state = call_.round_trip.state;
    const Json* answer = state ? member(state->answers, kRootsKey) : nullptr;
    if (answer == nullptr) {
      answer = member(call_.round_trip.answers, kRootsKey);
    }
    if (answer == nullptr) {
      require_input({question}, !carried_.empty());
    }
    carried_[std::string(kRootsKey)] = *answer;
    if (check_answer(question, *answer) != AnswerCheck::good) {
      return tl::unexpected(std::string(kNoRoots));
    }
    return roots_in(*answer);
  }

  // The answers that came with the request; unwinds if some are still to be asked for.
  std::vector<Json> recall(std::vector<InputRequest> requests, AnswerTrust trust,
                           const std::string& bound_to) {
    bound_to_ = bound_to;
    std::vector<Json> answers;
    std::vector<InputRequest> missing;
    const auto& state = call_.round_trip.state;
    require(!state || state->bound_to == bound_to,
            "`requestState` is of a question about something else: what it was about has changed "
            "since. Make the request again without it");
    for (InputRequest& request : requests) {
      const Json* answer = state ? member(state->answers, request.key) : nullptr;
      if (answer == nullptr && (trust == AnswerTrust::none || was_asked(request.key))) {
        answer = member(call_.round_trip.answers, request.key);
      }
      const auto check =
          answer != nullptr ? check_answer(request, *answer) : AnswerCheck::incomplete;
      if (check == AnswerCheck::wrong) {
        throw invalid_params("the answer `" + request.key + "` does not fit " + request.method);
      }
      if (check == AnswerCheck::incomplete) {
        missing.push_back(std::move(request));
      } else {
        carried_[request.key] = *answer;
        answers.push_back(*answer);
      }
    }
    if (!missing.empty()) {
      require_input(std::move(missing), trust == AnswerTrust::asked || !carried_.empty());
    }
    return answers;
  }

  // Whether the client repeats the request because it was asked this.
  bool was_asked(const std::string& key) const {
    const auto& state = call_.round_trip.state;
    return state && std::ranges::find(state->asked, key) != state->asked.end();
  }

  // Unwinds the handler; with a requestState, if that is needed.
  [[noreturn]] void require_input(std::vector<InputRequest> requests, bool with_state) {
    InputRequired required = {std::move(requests), std::nullopt};
    if (with_state) {
      std::vector<std::string> keys;
      for (const InputRequest& request : required.requests) {
        keys.push_back(request.key);
      }
      required.state = connection_.request_state.seal(call_.round_trip.request, carried_, keys,
                                                      bound_to_, std::chrono::system_clock::now());
    }
    throw required;
  }

  std::vector<Json> ask_legacy(const std::vector<InputRequest>& requests) {
    constexpr std::chrono::hours kForAPerson{24};
    std::vector<Json> results;
    for (std::optional<Answer>& answer : exchange(requests, kForAPerson)) {
      if (!answer || !*answer) {
        throw NotAnswered("The client answered " + requests[results.size()].method +
                          " with an error: " + (answer ? answer->error() : "the client has gone"));
      }
      results.push_back(std::move(**answer));
    }
    return results;
  }

  Session::RootsAnswer ask_for_roots() {
    const auto answers = exchange({roots_question()}, connection_.options.limits.roots_answer);
    const auto& answer = answers.front();
    return {answer && *answer ? std::optional(roots_in(**answer)) : std::nullopt,
            !answer && !stop_token().stop_requested()};
  }

  // Asks, and waits; an answer of the wrong shape becomes an error.
  QuestionBook::Answers exchange(const std::vector<InputRequest>& requests,
                                 std::chrono::milliseconds patience) {
    auto answers = connection_.questions.ask(requests, stop_token(), patience);
    for (std::size_t i = 0; i < requests.size(); ++i) {
      if (auto& answer = answers[i];
          answer && *answer && check_answer(requests[i], **answer) != AnswerCheck::good) {
        answer = tl::unexpected(std::string("it is not valid"));
      }
    }
    return answers;
  }

  static InputRequest roots_question() {
    return {std::string(kRootsKey), std::string(kRootsMethod), OrderedJson::object()};
  }

  ConnectionState& connection_;
  Call& call_;
  locking::Mutex mutex_;
  double last_progress_ GUARDED_BY(mutex_) = -std::numeric_limits<double>::infinity();
  // Of the handler's own thread, which alone asks in 2026-07-28.
  Json carried_ = Json::object();  // answers that this run has used
  std::string bound_to_;           // what they are bound to
};

// Runs the handler. The one place where what ends it early is caught. A tool that does not go on
// without an answer has failed, which the model is told.
Outcome run_handler(ConnectionState& connection, Call& call) {
  std::string cause = "an exception of an unknown type";
  RpcError failure = {ErrorCode::internal_error, "Internal error"};
  try {
    RequestContext context(connection, call);
    context.spend_state();
    return call.job.run(context);
  } catch (InputRequired& required) {
    return std::move(required);
  } catch (RpcError& error) {
    return std::move(error);
  } catch (const NotAnswered& problem) {
    if (call.request.method != "tools/call") {
      return RpcError{ErrorCode::invalid_params, problem.what()};
    }
    const OrderedJson content = OrderedJson::array({text_content(problem.what())});
    return MethodResult(OrderedJson{{"content", content}, {"isError", true}});
  } catch (const std::bad_alloc&) {
    cause = "there is not enough memory";
    failure = no_memory();
  } catch (const std::exception& error) {
    cause = error.what();
  } catch (...) {  // NOLINT(bugprone-empty-catch): `cause` says so already
  }
  connection.options.log(LogLevel::error,
                         "the handler of " + call.request.method + " failed: " + cause);
  return failure;
}

OrderedJson result_of(InputRequired required) {
  OrderedJson requests = OrderedJson::object();
  for (InputRequest& request : required.requests) {
    requests[request.key] = {{"method", request.method}, {"params", std::move(request.params)}};
  }
  OrderedJson result = {{"resultType", "input_required"}, {"inputRequests", std::move(requests)}};
  if (required.state) {
    result["requestState"] = std::move(*required.state);
  }
  return result;
}

}  // namespace

std::string perform(ConnectionState& connection, Call& call) {
  Outcome outcome = run_handler(connection, call);
  if (const auto* error = std::get_if<RpcError>(&outcome)) {
    return json::dump(make_error(call.request.id, *error));
  }
  auto* required = std::get_if<InputRequired>(&outcome);
  return response_line(connection.options, call.info.era, call.request,
                       required != nullptr ? MethodResult(result_of(std::move(*required)))
                                           : std::move(std::get<MethodResult>(outcome)));
}

}  // namespace mcp
