#include "mcp/request_context.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <new>
#include <utility>

#include "json/reader.h"
#include "mcp/answer_check.h"
#include "mcp/methods.h"

namespace mcp {
namespace {

constexpr std::string_view kRootsMethod = "roots/list";
constexpr std::string_view kRootsKey = "roots";
constexpr std::string_view kNoRoots = "did not answer `roots/list`";

// Does something on the way out of a scope, whether that is left by an exception or not, and under
// the locks that are held there. `then` must not throw.
template <class Function>
class Finally {
 public:
  explicit Finally(Function then) : then_(std::move(then)) {}
  // What `then` requires is a member of another object.
  ~Finally() NO_THREAD_SAFETY_ANALYSIS { then_(); }
  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;

 private:
  Function then_;
};

// On the handler's thread; takes the connection's lock for what it does there.
class RequestContext final : public Context {
 public:
  RequestContext(ConnectionState& connection, Call& call) : connection_(connection), call_(call) {}

  std::stop_token stop_token() const override { return call_.stop.get_token(); }
  bool can_ask(std::string_view method) const override { return call_.info.can_ask(method); }

  void progress(double progress, std::optional<double> total, std::string_view message) override {
    const locking::MutexLock lock(connection_.mutex);
    if (!call_.info.progress_token || call_.ended || !std::isfinite(progress) ||
        progress <= call_.last_progress) {
      return;
    }
    call_.last_progress = progress;
    OrderedJson params = {{"progressToken", to_json(*call_.info.progress_token)},
                          {"progress", json::number(progress)}};
    if (total && std::isfinite(*total)) {
      params["total"] = json::number(*total);
    }
    if (!message.empty() && call_.info.version != kVersion2024) {
      params["message"] = message;
    }
    connection_.send(make_notification("notifications/progress", std::move(params)),
                     Delivery::droppable);
  }

  void log(LogLevel level, std::string_view logger, OrderedJson data) override {
    const locking::MutexLock lock(connection_.mutex);
    const auto least = call_.info.era == Era::modern
                           ? call_.info.log_level
                           : std::optional(connection_.session->log_level);
    if (!connection_.options.logging || call_.ended || !least || level < *least) {
      return;
    }
    OrderedJson params = {{"level", to_string(level)}};
    if (!logger.empty()) {
      params["logger"] = logger;
    }
    params["data"] = std::move(data);
    connection_.send(make_notification("notifications/message", std::move(params)),
                     Delivery::droppable);
  }

  std::vector<Json> ask(std::vector<InputRequest> requests, AnswerTrust proof,
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
    return modern ? recall(std::move(requests), proof, bind(bound_to)) : ask_legacy(requests);
  }

  bool asking_ends_request() const override { return call_.info.era == Era::modern; }

  Roots roots() override {
    if (!can_ask(kRootsMethod)) {
      return tl::unexpected(std::string("offers no roots"));
    }
    return call_.info.era == Era::modern ? recall_roots() : ask_legacy_for_roots();
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
  // The roots that came with the request; without them the client is asked. A wrong answer is not
  // asked for again.
  Roots recall_roots() {
    if (!call_.round_trip.possible) {
      return tl::unexpected("cannot be asked for its roots by " + call_.request.method);
    }
    InputRequest question{std::string(kRootsKey), std::string(kRootsMethod), OrderedJson::object()};
    const auto& state = call_.round_trip.state;
    const Json* answer = state ? member(state->answers, kRootsKey) : nullptr;
    if (answer == nullptr) {
      answer = member(call_.round_trip.answers, kRootsKey);
    }
    if (answer == nullptr) {
      throw input_required({question}, carried_.empty() ? nullptr : &bound_to_);
    }
    carried_[std::string(kRootsKey)] = *answer;
    if (check_answer(question, *answer) != AnswerCheck::good) {
      return tl::unexpected(std::string(kNoRoots));
    }
    return roots_in(*answer);
  }

  // Kept only of a client that says when they change.
  Roots ask_legacy_for_roots() {
    const locking::MutexLock lock(connection_.mutex);
    Session& session = *connection_.session;
    connection_.answered.wait(connection_.mutex, stop_token(),
                              [&] { return !session.roots_asked; });
    if (session.roots) {
      return *session.roots;
    }
    if (session.roots_unanswered || stop_token().stop_requested()) {
      return tl::unexpected(std::string(kNoRoots));
    }
    const auto changes = session.roots_changes;
    const std::optional<Answer> answer = ask_for_roots();
    // Each further call would wait as long in vain.
    session.roots_unanswered = !answer && changes == session.roots_changes && !no_answer_can_come();
    if (!answer || !*answer) {
      return tl::unexpected(std::string(kNoRoots));
    }
    std::vector<Root> roots = roots_in(**answer);
    if (call_.info.tells_of_roots() && changes == session.roots_changes) {
      session.roots = roots;
    }
    return roots;
  }

  std::string bind(std::string_view what) {
    const locking::MutexLock lock(connection_.mutex);
    return connection_.request_state.bind(what);
  }

  // The answers that came with the request; unwinds if some are still to be asked for.
  std::vector<Json> recall(std::vector<InputRequest> requests, AnswerTrust proof,
                           const std::string& bound_to) {
    bound_to_ = bound_to;
    std::vector<Json> answers;
    std::vector<InputRequest> missing;
    const auto& state = call_.round_trip.state;
    require(!state || state->bound_to == bound_to,
            "`requestState` is of a question about something else: what it was about has changed "
            "since. Make the request again without it");
    const bool proven = proof == AnswerTrust::none || state;
    for (InputRequest& request : requests) {
      const Json* answer = state ? member(state->answers, request.key) : nullptr;
      if (answer == nullptr && proven) {
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
      const bool seal = proof == AnswerTrust::asked || !carried_.empty();
      throw input_required(std::move(missing), seal ? &bound_to : nullptr);
    }
    return answers;
  }

  // With a requestState that is bound so, where `bound_to` is not null.
  OrderedJson input_required(std::vector<InputRequest> asked, const std::string* bound_to) {
    OrderedJson requests = OrderedJson::object();
    for (InputRequest& request : asked) {
      requests[request.key] = {{"method", request.method}, {"params", std::move(request.params)}};
    }
    OrderedJson result = {{"resultType", "input_required"}, {"inputRequests", std::move(requests)}};
    if (bound_to != nullptr) {
      const locking::MutexLock lock(connection_.mutex);
      result["requestState"] = connection_.request_state.seal(
          call_.round_trip.request, carried_, *bound_to, std::chrono::system_clock::now());
    }
    return result;
  }

  std::vector<Json> ask_legacy(const std::vector<InputRequest>& requests) {
    constexpr std::chrono::hours kForAPerson{24};
    const locking::MutexLock lock(connection_.mutex);
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

  // The call or the connection has ended, so that what is asked for need not come.
  bool no_answer_can_come() const REQUIRES(connection_.mutex) {
    return connection_.input_ended || call_.ended || stop_token().stop_requested();
  }

  // Others that need the roots wait meanwhile.
  std::optional<Answer> ask_for_roots() REQUIRES(connection_.mutex) {
    const Finally done([this]() REQUIRES(connection_.mutex) {
      connection_.session->roots_asked = false;
      connection_.answered.notify_all();
    });
    connection_.session->roots_asked = true;
    return exchange({{"", std::string(kRootsMethod), OrderedJson::object()}},
                    connection_.options.limits.roots_answer)
        .front();
  }

  // Asks, and waits for valid answers. One that is not there by then need not come any more, and is
  // nothing here.
  std::vector<std::optional<Answer>> exchange(const std::vector<InputRequest>& requests,
                                              std::chrono::milliseconds patience)
      REQUIRES(connection_.mutex) {
    auto& questions = connection_.questions;
    const bool asks = !connection_.input_ended && !call_.ended;
    std::vector<std::int64_t> numbers;
    numbers.reserve(requests.size());
    const Finally forget([&]() REQUIRES(connection_.mutex) {
      for (const std::int64_t number : numbers) {
        questions.erase(number);
      }
    });
    for (const InputRequest& request : requests) {
      numbers.push_back(++connection_.last_question);
      questions.emplace(numbers.back(), std::nullopt);
      if (asks) {
        OrderedJson message = make_notification(request.method, request.params);
        message["id"] = numbers.back();
        connection_.send(message);
      }
    }
    connection_.callbacks.changed();
    const auto all_answered = [&]() REQUIRES(connection_.mutex) {
      return std::ranges::all_of(numbers, [&](std::int64_t number) REQUIRES(connection_.mutex) {
        return questions.at(number).has_value();
      });
    };
    connection_.answered.wait_for(
        connection_.mutex, stop_token(), patience,
        [&]() REQUIRES(connection_.mutex) { return connection_.input_ended || all_answered(); });
    std::vector<std::optional<Answer>> answers;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      std::optional<Answer> answer = std::move(questions.at(numbers[i]));
      if (!answer && asks && !connection_.input_ended) {
        connection_.send(make_notification("notifications/cancelled", {{"requestId", numbers[i]}}));
      }
      if (answer && *answer && check_answer(requests[i], **answer) != AnswerCheck::good) {
        answer = tl::unexpected(std::string("it is not valid"));
      }
      answers.push_back(std::move(answer));
    }
    return answers;
  }

  ConnectionState& connection_;
  Call& call_;
  Json carried_ = Json::object();  // answers that this run has used
  std::string bound_to_;           // what they are bound to
};

}  // namespace

// What ends a handler early is thrown as what is answered then: no std::exception, as handlers may
// catch those. NotAnswered is one; a tool that lets it pass has failed, which the model is told.
OrderedJson perform(ConnectionState& connection, Call& call) {
  const Options& options = connection.options;
  std::string cause = "an exception of an unknown type";
  RpcError failure = {ErrorCode::internal_error, "Internal error"};
  const auto respond = [&](OrderedJson result) {
    return make_response(options, call.info.era, call.request, std::move(result));
  };
  try {
    RequestContext context(connection, call);
    context.spend_state();
    return respond(call.job.run(context));
  } catch (OrderedJson& result) {
    return respond(std::move(result));
  } catch (RpcError& error) {
    return make_error(call.request.id, error);
  } catch (const NotAnswered& problem) {
    const OrderedJson content = OrderedJson::array({text_content(problem.what())});
    return call.request.method == "tools/call"
               ? respond({{"content", content}, {"isError", true}})
               : make_error(call.request.id, {ErrorCode::invalid_params, problem.what()});
  } catch (const std::bad_alloc&) {
    cause = "there is not enough memory";
    failure = no_memory();
  } catch (const std::exception& error) {
    cause = error.what();
  } catch (...) {  // NOLINT(bugprone-empty-catch): `cause` says so already
  }
  options.log(LogLevel::error, "the handler of " + call.request.method + " failed: " + cause);
  return make_error(call.request.id, failure);
}

}  // namespace mcp
