#include "mcp/session.h"

#include <utility>

#include "mcp/input.h"

namespace mcp {

Session::Session(asio::io_context& loop, std::string_view version, Json capabilities,
                 std::chrono::milliseconds roots_answer, Send send)
    : version_(version),
      capabilities_(std::make_shared<const Json>(std::move(capabilities))),
      roots_answer_(roots_answer),
      send_(std::move(send)),
      roots_timer_(loop) {}

std::int64_t Session::ask(std::string_view method, OrderedJson params, Reply reply) {
  const std::int64_t number = ++last_number_;
  if (abandoned_) {
    reply(tl::unexpected(std::string("the client has gone")));
    return number;
  }
  open_.emplace(number, std::move(reply));
  send_(make_request(number, method, std::move(params)));
  return number;
}

void Session::withdraw(std::int64_t number) {
  if (open_.erase(number) > 0) {
    send_(make_notification("notifications/cancelled", {{"requestId", number}}));
  }
}

void Session::answer(Response response) {
  const auto* number = std::get_if<std::int64_t>(&response.id);
  const auto found = number != nullptr ? open_.find(*number) : open_.end();
  if (found == open_.end()) {
    return;
  }
  const Reply reply = std::move(found->second);
  open_.erase(found);
  reply(std::move(response.result));
}

void Session::abandon() {
  abandoned_ = true;
  for (auto& [number, reply] : std::exchange(open_, {})) {
    reply(tl::unexpected(std::string("the client has gone")));
  }
}

void Session::roots(std::function<void(std::vector<std::string>)> done) {
  if (roots_) {
    done(*roots_);
    return;
  }
  roots_waiting_.push_back(std::move(done));
  if (roots_waiting_.size() > 1) {
    return;
  }
  const std::int64_t number = ask("roots/list", OrderedJson::object(),
                                  [this](const Answer& answer) { settle_roots(answer); });
  if (roots_waiting_.empty()) {
    return;  // settled at once
  }
  roots_timer_.expires_after(roots_answer_);
  roots_timer_.async_wait([this, number](const asio::error_code& error) {
    if (!error && open_.count(number) > 0) {
      withdraw(number);
      settle_roots(tl::unexpected(std::string("no answer in time")));
    }
  });
}

void Session::settle_roots(const Answer& answer) {
  roots_timer_.cancel();
  roots_.emplace();
  if (answer && check_answer({"", "roots/list", {}}, *answer) == AnswerCheck::good) {
    for (const Json& root : answer->at("roots")) {
      roots_->push_back(root.at("uri").get<std::string>());
    }
  }
  for (const auto& done : std::exchange(roots_waiting_, {})) {
    done(*roots_);
  }
}

}  // namespace mcp
