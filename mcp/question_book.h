// The questions that the server asks its client: requests of its own, in the revisions that begin
// with `initialize`. The thread that asks waits until the answers are there, time is up, it is told
// to stop, or no answer can come any more.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <utility>
#include <vector>

#include "json/json.h"
#include "locking/mutex.h"
#include "mcp/features.h"
#include "mcp/protocol.h"

namespace mcp {

// For any thread.
class QuestionBook {
 public:
  // `send` sends a message; `changed` is told that is_empty() may have changed. Called under the
  // book's lock: must neither block nor call back.
  QuestionBook(std::function<void(const OrderedJson& message)> send, std::function<void()> changed)
      : send_(std::move(send)), changed_(std::move(changed)) {}

  // In the order of the questions; nothing where no answer came.
  using Answers = std::vector<std::optional<Answer>>;
  // Sends the requests, and waits for their answers, whatever they say, at most for `patience`. One
  // that did not come need not come any more: the client is told so, unless it is gone. Nothing is
  // sent when `stop` is requested already or the book is closed. Throws what `send` throws, and
  // std::bad_alloc; then nothing is waited for any more.
  Answers ask(const std::vector<InputRequest>& requests, const std::stop_token& stop,
              std::chrono::milliseconds patience);
  // An answer of the client's. One to a question that nobody waits for is ignored.
  void answer(const RequestId& id, Answer answer);
  // No answer can come any more, or be asked for: all who wait go on.
  void close();
  // Whether nobody waits for an answer.
  bool is_empty() const;

 private:
  Answers exchange(const std::vector<InputRequest>& requests, const std::stop_token& stop,
                   std::chrono::milliseconds patience, std::vector<std::int64_t>& numbers)
      REQUIRES(mutex_);
  void forget(const std::vector<std::int64_t>& numbers) REQUIRES(mutex_);

  const std::function<void(const OrderedJson&)> send_;
  const std::function<void()> changed_;
  mutable locking::Mutex mutex_;
  locking::StoppableCondition answered_;
  std::int64_t last_number_ GUARDED_BY(mutex_) = 0;
  std::map<RequestId, std::optional<Answer>> open_ GUARDED_BY(mutex_);
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace mcp
