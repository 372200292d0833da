#include "mcp/question_book.h"

#include <algorithm>

namespace mcp {

QuestionBook::Answers QuestionBook::ask(const std::vector<InputRequest>& requests,
                                        const std::stop_token& stop,
                                        std::chrono::milliseconds patience) {
  const locking::MutexLock lock(mutex_);
  if (closed_ || stop.stop_requested()) {
    return Answers(requests.size());
  }
  std::vector<std::int64_t> numbers;
  try {
    Answers answers = exchange(requests, stop, patience, numbers);
    forget(numbers);
    return answers;
  } catch (...) {
    forget(numbers);
    throw;
  }
}

// Puts the numbers of the questions that have to be forgotten into `numbers`.
QuestionBook::Answers QuestionBook::exchange(const std::vector<InputRequest>& requests,
                                             const std::stop_token& stop,
                                             std::chrono::milliseconds patience,
                                             std::vector<std::int64_t>& numbers) {
  numbers.reserve(requests.size());
  for (const InputRequest& request : requests) {
    OrderedJson message = make_notification(request.method, request.params);
    message["id"] = ++last_number_;
    open_.emplace(last_number_, std::nullopt);
    numbers.push_back(last_number_);
    send_(message);
  }
  changed_();
  answered_.wait_for(mutex_, stop, patience, [&]() REQUIRES(mutex_) {
    return closed_ || std::ranges::all_of(numbers, [this](std::int64_t number) REQUIRES(mutex_) {
             return open_.at(number).has_value();
           });
  });
  Answers answers;
  for (const std::int64_t number : numbers) {
    answers.push_back(std::move(open_.at(number)));
    if (!answers.back() && !closed_) {
      send_(make_notification("notifications/cancelled", {{"requestId", number}}));
    }
  }
  return answers;
}

void QuestionBook::forget(const std::vector<std::int64_t>& numbers) {
  for (const std::int64_t number : numbers) {
    open_.erase(number);
  }
  changed_();
}

void QuestionBook::answer(const RequestId& id, Answer answer) {
  const locking::MutexLock lock(mutex_);
  const auto question = open_.find(id);
  if (question != open_.end()) {
    question->second = std::move(answer);
    answered_.notify_all();
  }
}

void QuestionBook::close() {
  const locking::MutexLock lock(mutex_);
  closed_ = true;
  answered_.notify_all();
}

bool QuestionBook::is_empty() const {
  const locking::MutexLock lock(mutex_);
  return open_.empty();
}

}  // namespace mcp
