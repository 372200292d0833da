// The one mutex of this program, and what waits under it. The compiler knows what each guards (see
// locking/annotations.h):
//
//   locking::Mutex mutex_;
//   int count_ GUARDED_BY(mutex_) = 0;
//   ...
//   const locking::MutexLock lock(mutex_);
//   ++count_;
//
// Knows no other code of this program. For any thread.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include "locking/annotations.h"

namespace locking {

class CAPABILITY("mutex") Mutex {
 public:
  Mutex() = default;
  Mutex(const Mutex&) = delete;
  Mutex& operator=(const Mutex&) = delete;

  void lock() ACQUIRE() { mutex_.lock(); }
  void unlock() RELEASE() { mutex_.unlock(); }

 private:
  friend class Condition;
  std::mutex mutex_;
};

// Holds a mutex as long as it lives, but for the time between unlock() and lock().
class SCOPED_CAPABILITY MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ACQUIRE(mutex) : mutex_(mutex) { mutex_.lock(); }
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;
  ~MutexLock() RELEASE() {
    if (held_) {
      mutex_.unlock();
    }
  }

  void lock() ACQUIRE() {
    mutex_.lock();
    held_ = true;
  }
  void unlock() RELEASE() {
    held_ = false;
    mutex_.unlock();
  }

 private:
  Mutex& mutex_;
  bool held_ = true;
};

// What threads wait for under a mutex, which is free while they wait. A `ready` is called under the
// mutex; as a lambda it says so: [this]() REQUIRES(mutex_) { return done_; }
class Condition {
 public:
  void notify_one() noexcept { condition_.notify_one(); }
  void notify_all() noexcept { condition_.notify_all(); }

  // May return for no reason.
  void wait(Mutex& mutex) REQUIRES(mutex) {
    Adopted adopted(mutex.mutex_);
    condition_.wait(adopted.lock);
  }
  template <class Ready>
  void wait(Mutex& mutex, Ready ready) REQUIRES(mutex) {
    Adopted adopted(mutex.mutex_);
    condition_.wait(adopted.lock, std::move(ready));
  }
  // Whether it was ready within that time.
  template <class Ready>
  bool wait_for(Mutex& mutex, std::chrono::milliseconds time, Ready ready) REQUIRES(mutex) {
    Adopted adopted(mutex.mutex_);
    return condition_.wait_for(adopted.lock, time, std::move(ready));
  }

 private:
  // A mutex that is held before and after, in the form in which the standard library wants it.
  struct Adopted {
    explicit Adopted(std::mutex& mutex) : lock(mutex, std::adopt_lock) {}
    Adopted(const Adopted&) = delete;
    Adopted& operator=(const Adopted&) = delete;
    ~Adopted() { lock.release(); }
    std::unique_lock<std::mutex> lock;
  };

  std::condition_variable condition_;
};

// The same for waits that a stop token ends.
class StoppableCondition {
 public:
  void notify_all() noexcept { condition_.notify_all(); }

  // Whether it was ready before `stop` was requested.
  template <class Ready>
  bool wait(Mutex& mutex, const std::stop_token& stop, Ready ready) REQUIRES(mutex) {
    return condition_.wait(mutex, stop, std::move(ready));
  }
  // Whether it was ready before that and within that time.
  template <class Ready>
  bool wait_for(Mutex& mutex, const std::stop_token& stop, std::chrono::milliseconds time,
                Ready ready) REQUIRES(mutex) {
    return condition_.wait_for(mutex, stop, time, std::move(ready));
  }

 private:
  std::condition_variable_any condition_;
};

}  // namespace locking
