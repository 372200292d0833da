// A client of the server, for tests of what the tools ask it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "json/json.h"
#include "mcp/features.h"

namespace test {

// A client that can be asked as `can_ask_` says, and answers with `answer_`.
class FakeContext final : public mcp::Context {
 public:
  std::stop_token stop_token() const override { return stop_.get_token(); }
  std::chrono::steady_clock::time_point arrived() const override { return arrived_; }
  void progress(double progress, std::optional<double>, std::string_view message) override {
    progress_.emplace_back(progress, message);
  }
  void log(mcp::LogLevel, std::string_view, OrderedJson) override {}
  bool can_ask(std::string_view method) const override {
    return can_ask_ && method == "elicitation/create";
  }
  std::vector<Json> ask(std::vector<mcp::InputRequest> requests, mcp::AnswerTrust trust,
                        std::string_view bound_to) override {
    asked_ = std::move(requests);
    trust_ = trust;
    bound_to_ = bound_to;
    if (on_ask_) {
      on_ask_(asked_);
    }
    if (answer_.is_null()) {
      throw mcp::NotAnswered("no user");
    }
    return {answer_};
  }
  mcp::Roots roots() override {
    ++roots_asked_;
    return roots_;
  }
  bool asking_ends_request() const override { return asking_ends_request_; }

  std::chrono::steady_clock::time_point arrived_ = std::chrono::steady_clock::time_point::max();
  bool can_ask_ = false;
  std::function<void(const std::vector<mcp::InputRequest>&)> on_ask_;  // before the answer
  Json answer_;                                                        // null: there is none
  mcp::Roots roots_;
  int roots_asked_ = 0;
  bool asking_ends_request_ = false;
  std::vector<mcp::InputRequest> asked_;
  mcp::AnswerTrust trust_ = mcp::AnswerTrust::none;  // of what was asked last
  std::string bound_to_;
  std::vector<std::pair<double, std::string>> progress_;
  std::stop_source stop_;
};

// The result that the answer stands for, whether it was rendered or not.
inline mcp::ToolResult result_of(const mcp::ToolAnswer& answer) {
  if (const auto* result = std::get_if<mcp::ToolResult>(&answer)) {
    return *result;
  }
  const OrderedJson object =
      OrderedJson::parse("{" + *std::get<mcp::RenderedResult>(answer).members + "}");
  mcp::ToolResult result;
  result.content = object.at("content");
  if (object.contains("structuredContent")) {
    result.structured_content = object.at("structuredContent");
  }
  result.is_error = object.value("isError", false);
  return result;
}

}  // namespace test
