#include "engine/base/abandonable.h"

#include <atomic>
#include <chrono>
#include <fcntl.h>
#include <memory>
#include <stdexcept>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/unique_fd.h"

namespace {

using engine::Code;
using engine::Patience;
using engine::Result;
using engine::UniqueFd;
using std::chrono::milliseconds;

constexpr milliseconds kLong{600'000};

// A pipe that nobody writes to: a read of it holds a thread up, heedless of any stop, until the
// pipe is closed.
struct Silence {
  Silence() {
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe(ends), 0);
    read = std::make_shared<UniqueFd>(ends[0]);
    write = UniqueFd(ends[1]);
  }
  auto listen() const {
    return [read = read](const std::stop_token&) {
      char byte = 0;
      return Result<int>(static_cast<int>(::read(read->get(), &byte, 1)));
    };
  }
  std::shared_ptr<UniqueFd> read;
  UniqueFd write;
};

Result<int> run(std::chrono::milliseconds limit, const std::stop_token& stop,
                std::function<Result<int>(const std::stop_token&)> work) {
  return engine::abandonable<int>(Patience{"reading '/p'", limit, stop}, std::move(work));
}

TEST(Abandonable, ReturnsWhatTheWorkReturns) {
  EXPECT_EQ(run(kLong, {}, [](const std::stop_token&) { return Result<int>(7); }).value(), 7);
  const auto refused = run(kLong, {}, [](const std::stop_token&) -> Result<int> {
    return engine::fail(Code::no_commit, "none");
  });
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::no_commit);
}

TEST(Abandonable, ThrowsWhatTheWorkThrows) {
  EXPECT_THROW((void)run(kLong, {},
                         [](const std::stop_token&) -> Result<int> {
                           throw std::runtime_error("no memory");
                         }),
               std::runtime_error);
}

TEST(Abandonable, GivesUpWhenTheTimeIsOver) {
  const Silence silence;
  const auto given_up = run(milliseconds(20), {}, silence.listen());
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().code, Code::timeout);
  EXPECT_EQ(given_up.error().message, "Gave up reading '/p' after 1 s.");
}

TEST(Abandonable, GivesUpWhenItIsToStop) {
  const Silence silence;
  std::stop_source source;
  std::jthread stopper([&source] { source.request_stop(); });
  const auto given_up = run(kLong, source.get_token(), silence.listen());
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().code, Code::cancelled);
  EXPECT_EQ(given_up.error().message, "Cancelled while reading '/p'.");
}

TEST(Abandonable, TellsTheWorkThatItWasGivenUp) {
  const auto told = std::make_shared<std::atomic<bool>>(false);
  const auto given_up =
      run(milliseconds(20), {}, [told](const std::stop_token& stop) -> Result<int> {
        while (!stop.stop_requested()) {
          std::this_thread::sleep_for(milliseconds(1));
        }
        *told = true;
        return 0;
      });
  EXPECT_FALSE(given_up);
  while (!*told) {  // without an end if it is never told
    std::this_thread::sleep_for(milliseconds(1));
  }
}

TEST(Abandonable, RefusesAtOnceWhileTooManyAreHeldUpAndWorksAgainAfterwards) {
  {
    std::vector<Silence> silences(engine::kMaxAbandoned);
    for (const Silence& silence : silences) {
      EXPECT_FALSE(run(milliseconds(1), {}, silence.listen()));
    }
    const auto refused = run(kLong, {}, [](const std::stop_token&) { return Result<int>(7); });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Code::timeout);
    EXPECT_TRUE(refused.error().message.starts_with("Gave up reading '/p' at once: "))
        << refused.error().message;
  }
  // The pipes are closed now, so the threads end.
  while (!run(kLong, {}, [](const std::stop_token&) { return Result<int>(7); })) {
    std::this_thread::sleep_for(milliseconds(1));
  }
}

}  // namespace
