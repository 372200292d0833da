// Large answers: a few are made at once, and only as the client takes what it is sent. The jobs are
// run by the test, so nothing here depends on time.
#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "json/parse.h"
#include "mcp/connection.h"
#include "mcp/server.h"
#include "tests/support/mcp_client.h"

namespace {

using support::modern;
using support::notification;

class LargeAnswers : public ::testing::Test {
 protected:
  LargeAnswers() {
    server_.add(mcp::ResourceProvider{[] { return OrderedJson::array(); },
                                      {},
                                      [](std::string_view uri, mcp::Context& /*context*/) {
                                        OrderedJson contents = OrderedJson::array();
                                        contents.push_back({{"uri", uri}, {"text", "a"}});
                                        return std::optional(contents);
                                      },
                                      [](std::string_view uri) { return uri == "test://large"; }});
  }

  void send(const Json& message) {
    connection_.on_line(json::dump(message), std::chrono::steady_clock::now());
  }
  void read(int id, const std::string& uri = "test://large") {
    send(modern(id, "resources/read", {{"uri", uri}}));
  }

  void run_next_job() {
    const auto job = std::move(jobs_.front());
    jobs_.pop_front();
    job();
  }

  static mcp::Options options() {
    mcp::Options options;
    options.limits.large = 2;
    return options;
  }

  mcp::Server server_{options()};
  std::vector<std::string> sent_;
  std::deque<std::function<void()>> jobs_;
  bool full_ = false;
  mcp::Connection connection_{
      server_,
      {[this](std::string line, mcp::Delivery) { sent_.push_back(std::move(line)); },
       [this](std::function<void()> job) { jobs_.push_back(std::move(job)); }, [] {}, [] {},
       [this] { return full_; }}};
};

TEST_F(LargeAnswers, AFewAreMadeAtOnce) {
  for (int id = 0; id < 5; ++id) {
    read(id);
  }
  for (int answered = 0; answered < 5; ++answered) {
    EXPECT_EQ(jobs_.size(), std::min<std::size_t>(2, 5U - static_cast<std::size_t>(answered)));
    run_next_job();
    EXPECT_EQ(sent_.size(), static_cast<std::size_t>(answered) + 1);
  }
  EXPECT_TRUE(jobs_.empty());
}

TEST_F(LargeAnswers, WaitUntilTheClientHasTakenWhatItWasSent) {
  full_ = true;
  read(1);
  EXPECT_TRUE(jobs_.empty());
  connection_.on_room();  // there is none yet
  EXPECT_TRUE(jobs_.empty());
  full_ = false;
  connection_.on_room();
  ASSERT_EQ(jobs_.size(), 1U);
  run_next_job();
  EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(LargeAnswers, HoldUpNothingElse) {
  full_ = true;
  read(1);
  read(2, "test://small");
  ASSERT_EQ(jobs_.size(), 1U);
  run_next_job();
  EXPECT_EQ(sent_.size(), 1U);
  EXPECT_TRUE(jobs_.empty());
}

TEST_F(LargeAnswers, CanBeTakenBackWhileTheyWait) {
  full_ = true;
  read(1);
  send(notification("notifications/cancelled", {{"requestId", 1}}));
  full_ = false;
  connection_.on_room();
  EXPECT_TRUE(jobs_.empty());
  connection_.on_end_of_input();
  EXPECT_TRUE(connection_.closed());
  EXPECT_TRUE(sent_.empty());
}

}  // namespace
