// The questions of the server: who waits for what, and what ends a wait.
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <new>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "mcp/connection_state.h"
#include "mcp/question_book.h"

namespace {

using mcp::InputRequest;
using Answers = mcp::QuestionBook::Answers;

constexpr std::chrono::seconds kLong{20};
constexpr std::chrono::milliseconds kShort{10};
const Answers kNone(1);  // to one question

InputRequest question(std::string text) {
  return {"key", "elicitation/create", OrderedJson{{"message", std::move(text)}}};
}

// What the client said to the question.
Json said(const Answers& answers, std::size_t question) {
  return answers.at(question).value().value();
}

class QuestionBook : public testing::Test {
 protected:
  // Waits until so many messages have been sent, and returns them.
  std::vector<OrderedJson> await_sent(std::size_t count) {
    std::unique_lock lock(mutex_);
    sent_something_.wait_for(lock, kLong, [&] { return sent_.size() >= count; });
    return sent_;
  }
  std::future<Answers> ask(std::vector<InputRequest> requests,
                           std::chrono::milliseconds patience = kLong) {
    return std::async(std::launch::async, [this, requests = std::move(requests), patience] {
      return book_.ask(requests, stop_.get_token(), patience);
    });
  }

  std::mutex mutex_;
  std::condition_variable sent_something_;
  std::vector<OrderedJson> sent_;
  bool there_is_no_memory_ = false;
  std::stop_source stop_;
  mcp::QuestionBook book_{[this](const OrderedJson& message) {
                            if (there_is_no_memory_) {
                              throw std::bad_alloc();
                            }
                            const std::lock_guard lock(mutex_);
                            sent_.push_back(message);
                            sent_something_.notify_all();
                          },
                          [] {}};
};

TEST_F(QuestionBook, AnswersComeInTheOrderOfTheQuestions) {
  EXPECT_TRUE(book_.is_empty());
  auto asked = ask({question("one"), question("two")});
  const auto sent = await_sent(2);
  EXPECT_EQ(sent[0]["method"], "elicitation/create");
  EXPECT_EQ(sent[0]["params"]["message"], "one");
  EXPECT_NE(sent[0]["id"], sent[1]["id"]);
  EXPECT_FALSE(book_.is_empty());
  book_.answer(sent[1]["id"].get<std::int64_t>(), tl::unexpected(std::string("no user")));
  book_.answer(sent[0]["id"].get<std::int64_t>(), Json("yes"));
  const auto result = asked.get();
  EXPECT_EQ(said(result, 0), Json("yes"));
  EXPECT_EQ(result.at(1)->error(), "no user");
  EXPECT_TRUE(book_.is_empty());
}

TEST_F(QuestionBook, EachAskerGetsItsOwnAnswer) {
  auto one = ask({question("one")});
  await_sent(1);
  auto two = ask({question("two")});
  const auto sent = await_sent(2);
  book_.answer(sent[1]["id"].get<std::int64_t>(), Json(2));
  EXPECT_EQ(said(two.get(), 0), Json(2));
  EXPECT_FALSE(book_.is_empty());
  book_.answer(sent[0]["id"].get<std::int64_t>(), Json(1));
  EXPECT_EQ(said(one.get(), 0), Json(1));
}

TEST_F(QuestionBook, AQuestionThatTimesOutIsWithdrawn) {
  const auto result = ask({question("one"), question("two")}, kShort).get();
  ASSERT_EQ(result.size(), 2U);
  EXPECT_FALSE(result[0] || result[1]);
  const auto sent = await_sent(4);
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[2]["method"], "notifications/cancelled");
  EXPECT_EQ(sent[2]["params"]["requestId"], sent[0]["id"]);
  EXPECT_EQ(sent[3]["params"]["requestId"], sent[1]["id"]);
  EXPECT_TRUE(book_.is_empty());
  book_.answer(sent[0]["id"].get<std::int64_t>(), Json("late"));
  EXPECT_TRUE(book_.is_empty());
}

TEST_F(QuestionBook, WhatWasAnsweredInTimeIsNotWithdrawn) {
  auto asked = ask({question("one"), question("two")}, std::chrono::milliseconds(200));
  book_.answer(await_sent(1)[0]["id"].get<std::int64_t>(), Json("yes"));
  const auto result = asked.get();
  EXPECT_EQ(said(result, 0), Json("yes"));
  EXPECT_FALSE(result.at(1));
  const auto sent = await_sent(3);
  ASSERT_EQ(sent.size(), 3U);
  EXPECT_EQ(sent[2]["params"]["requestId"], sent[1]["id"]);
}

TEST_F(QuestionBook, StoppingTheRequestWithdrawsItsQuestion) {
  auto asked = ask({question("one")});
  await_sent(1);
  stop_.request_stop();
  EXPECT_EQ(asked.get(), kNone);
  EXPECT_EQ(await_sent(2)[1]["method"], "notifications/cancelled");
}

TEST_F(QuestionBook, OfARequestThatIsStoppedNothingIsAsked) {
  stop_.request_stop();
  const auto result = ask({question("one")}).get();
  EXPECT_EQ(result, kNone);
  EXPECT_TRUE(sent_.empty());
}

TEST_F(QuestionBook, ClosingEndsTheWaitsInSilence) {
  auto asked = ask({question("one")});
  await_sent(1);
  book_.close();
  EXPECT_EQ(asked.get(), kNone);
  EXPECT_EQ(ask({question("two")}).get(), kNone);
  EXPECT_EQ(sent_.size(), 1U);
}

TEST_F(QuestionBook, AnswersToNothingAreIgnored) {
  auto asked = ask({question("one")});
  const auto number = await_sent(1)[0]["id"].get<std::int64_t>();
  book_.answer(number + 1, Json("to nothing"));
  book_.answer(std::to_string(number), Json("of another type"));
  book_.answer(number, Json("yes"));
  EXPECT_EQ(said(asked.get(), 0), Json("yes"));
}

TEST_F(QuestionBook, AQuestionThatCannotBeSentIsNotWaitedFor) {
  there_is_no_memory_ = true;
  auto asked = ask({question("one")});
  EXPECT_THROW(asked.get(), std::bad_alloc);
  EXPECT_TRUE(book_.is_empty());
}

// A client that is slow to read must get it all the same: somebody waits for the answer.
TEST(QuestionsOfAConnection, AreNotDropped) {
  std::vector<mcp::Delivery> sent;
  const mcp::Options options;
  mcp::ConnectionState state(
      options,
      {.send = [&](const std::string&, mcp::Delivery delivery) { sent.push_back(delivery); },
       .run = [](const std::function<void()>&) {},
       .changed = [] {},
       .closed = [] {}});
  state.questions.ask({question("one")}, {}, kShort);
  ASSERT_FALSE(sent.empty());
  EXPECT_EQ(sent.front(), mcp::Delivery::message);
}

TEST(QuestionBookChanges, AreTold) {
  std::vector<bool> told;
  mcp::QuestionBook book([](const OrderedJson&) {}, [&] { told.push_back(true); });
  book.ask({question("one")}, {}, kShort);
  EXPECT_EQ(told.size(), 2U);
}

}  // namespace
