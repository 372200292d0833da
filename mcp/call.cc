#include "mcp/call.h"

#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

#include "json/parse.h"
#include "mcp/input.h"

namespace mcp {
namespace {

// Unwinds a handler. Deliberately no std::exception, which handlers may catch.
struct Unwind {
  Outcome outcome;
};

// A value that the loop sets and one worker waits for.
template <class T>
class Slot {
 public:
  void set(T value) {
    {
      const std::lock_guard lock(mutex_);
      value_ = std::move(value);
    }
    changed_.notify_all();
  }

  // Nothing if stop was requested first.
  std::optional<T> wait(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return value_.has_value(); })) {
      return std::nullopt;
    }
    return std::move(value_);
  }

 private:
  std::mutex mutex_;  // guards value_
  std::condition_variable_any changed_;
  std::optional<T> value_;
};

Unwind cancelled() {
  return {RpcError{ErrorCode::internal_error, "The request was cancelled"}};
}

class RequestContext final : public Context {
 public:
  RequestContext(CallHost& host, std::shared_ptr<Call> call)
      : host_(host), call_(std::move(call)) {}

  std::stop_token stop_token() const override { return call_->stop.get_token(); }

  void progress(double progress, std::optional<double> total, std::string_view message) override {
    if (call_->info.progress_token) {
      host_.post([&host = host_, call = call_, progress, total, text = std::string(message)] {
        host.send_progress(*call, progress, total, text);
      });
    }
  }

  void log(LogLevel level, std::string_view logger, OrderedJson data) override {
    host_.post([&host = host_, call = call_, level, name = std::string(logger),
                data = std::move(data)] { host.send_log(*call, level, name, data); });
  }

  bool can_ask(std::string_view method) const override { return call_->info.can_ask(method); }

  std::vector<Json> ask(std::vector<InputRequest> requests, Proof proof) override {
    require_capabilities(requests);
    if (call_->info.era == Era::modern) {
      return recall(std::move(requests), proof);
    }
    return ask_legacy(requests);
  }

  std::vector<std::string> roots() override {
    if (call_->info.era == Era::modern || !can_ask("roots/list")) {
      return {};
    }
    const auto slot = std::make_shared<Slot<std::vector<std::string>>>();
    host_.post([&host = host_, slot] {
      host.roots([slot](std::vector<std::string> uris) { slot->set(std::move(uris)); });
    });
    return slot->wait(stop_token()).value_or(std::vector<std::string>{});
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
    if (call_->info.era == Era::legacy) {
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
    const bool proven = proof == Proof::none || call_->rounds.asked;
    for (InputRequest& request : requests) {
      const Json* answer = member(call_->rounds.earlier, request.key);
      if (answer == nullptr && proven) {
        answer = member(call_->rounds.answers, request.key);
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
    const auto slot = std::make_shared<Slot<std::vector<Answer>>>();
    host_.post([&host = host_, call = call_, slot, requests] {
      host.ask(*call, requests, [slot](std::vector<Answer> all) { slot->set(std::move(all)); });
    });
    auto answers = slot->wait(stop_token());
    if (!answers) {
      throw cancelled();
    }
    std::vector<Json> results;
    for (std::size_t i = 0; i < requests.size(); ++i) {
      Answer& answer = (*answers)[i];
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
    if (call_->method != "tools/call") {
      throw Unwind{RpcError{ErrorCode::invalid_params, std::move(message)}};
    }
    throw Unwind{
        OrderedJson{{"content", OrderedJson::array({text_content(message)})}, {"isError", true}}};
  }

  CallHost& host_;
  const std::shared_ptr<Call> call_;
  Json carried_ = Json::object();  // answers that this run has used
};

}  // namespace

Outcome perform(CallHost& host, const std::shared_ptr<Call>& call, const Job& job,
                const Logger& log) {
  RequestContext context(host, call);
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
    log(LogLevel::error, "the handler of " + call->method + " failed: " + problem);
  }
  return RpcError{ErrorCode::internal_error, "Internal error"};
}

}  // namespace mcp
