#include "engine/ssh/connections.h"

#include <algorithm>
#include <exception>
#include <new>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/base/beside.h"
#include "engine/git/failure.h"
#include "engine/ssh/broken_sharing.h"
#include "engine/ssh/commands.h"

namespace engine {
namespace {

// ssh reads files to answer, and runs what `Match exec` names.
constexpr std::chrono::milliseconds kPatienceForTerms{3000};
// A master answers at once, or is stuck.
constexpr std::chrono::milliseconds kPatienceForCheck{2000};
constexpr std::chrono::milliseconds kPatienceForExit{1000};
// What the user configures counts after so long also in a running server.
constexpr std::chrono::minutes kTermsCount{5};
// A command that needs a connection waits so long for the one that another command is opening.
constexpr std::chrono::milliseconds kPoll{5};
constexpr int kMaxPolls = 2000;
constexpr int kMaxNumber = 99;

}  // namespace

SshConnections::SshConnections(CommandRunner& runner, Clock& clock, const Environment& environment,
                               Keep keep)
    : runner_(runner), clock_(clock), environment_(environment), keep_(keep) {}

SshConnections::~SshConnections() {
  const locking::MutexLock lock(mutex_);
  if (tidying_.valid()) {
    tidying_.wait();
  }
  for (const auto& [socket, ending] : endings_) {
    ending.wait();
  }
  if (directory_) {
    end_masters(*directory_, endings_);
    directory_->remove();
  }
}

ProcessResult SshConnections::run(const SshRoute& route, const Command& command, Repeat repeat,
                                  const RunCommand& start, const std::stop_token& stop) {
  const auto use = begin(route.destination, stop);
  if (!use) {
    return start(command);
  }
  ProcessResult result;
  try {
    result = start(SshCommands::with_ssh(command, route.ssh + use->options));
  } catch (...) {
    end(route.destination, *use, false);
    throw;
  }
  const std::filesystem::path directory = use->socket.parent_path();
  const bool never_shared = !result.ok() && says_sharing_failed(result.err, directory);
  const bool is_unusable = never_shared || (!use->opens && is_failure_of_connection(result));
  end(route.destination, *use, is_unusable);
  result.err = without_words_of_sharing(result.err, directory);
  const bool again = is_unusable && result.kind == ProcessResult::Kind::exited &&
                     !stop.stop_requested() &&
                     (repeat == Repeat::always || never_shared || nothing_was_sent(result));
  return again ? start(command) : result;
}

std::optional<SshConnections::Use> SshConnections::begin(const SshDestination& destination,
                                                         const std::stop_token& stop) {
  const auto terms = find_terms(destination, stop);
  if (!terms) {
    return std::nullopt;
  }
  constexpr int kMaxMasters = 2;
  for (int masters = 0; masters < kMaxMasters && !stop.stop_requested(); ++masters) {
    auto use = reserve(destination, *terms, stop);
    if (!use || use->opens || (use->is_new && is_our_socket(use->socket)) ||
        answers(destination, *use, stop)) {
      return use;
    }
    leave(destination);
  }
  return std::nullopt;
}

void SshConnections::leave(const SshDestination& destination) {
  const locking::MutexLock lock(mutex_);
  Kept& kept = kept_[destination];
  --kept.users;
  end_if_unused(kept);
}

void SshConnections::end(const SshDestination& destination, const Use& use, bool is_unusable) {
  const locking::MutexLock lock(mutex_);
  Kept& kept = kept_[destination];
  --kept.users;
  if (use.opens) {
    kept.is_being_opened = false;
    ++kept.openings;
    changed_.notify_all();
  }
  if (is_unusable && use.opens) {
    kept.terms.reset();
  } else if (is_unusable && kept.number == use.number) {
    kept.number = 0;
  }
  end_if_unused(kept);
}

void SshConnections::release(const SshDestination& destination) {
  const locking::MutexLock lock(mutex_);
  const auto kept = kept_.find(destination);
  if (keep_ == Keep::while_needed && kept != kept_.end()) {
    kept->second.is_released = kept->second.number != 0;
    end_if_unused(kept->second);
  }
}

void SshConnections::end_if_unused(Kept& kept) {
  if (!kept.is_released || kept.users > 0 || kept.number == 0 || !kept.terms || !directory_) {
    return;
  }
  const auto socket = directory_->path() / (std::to_string(kept.number) + kept.terms->connection);
  kept.is_released = false;
  kept.number = 0;
  try {
    if (is_our_socket(socket)) {
      endings_[socket] = std::async(kBeside, [this, socket] { end_master(socket); });
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it ends with this object
  }
}

// Once per destination, and again after a while.
std::optional<SharingTerms> SshConnections::find_terms(const SshDestination& destination,
                                                       const std::stop_token& stop) {
  locking::MutexLock lock(mutex_);
  Kept& kept = kept_[destination];
  changed_.wait(mutex_, [&kept] { return !kept.is_being_asked; });
  if (kept.asked && clock_.now() - *kept.asked < kTermsCount) {
    return kept.terms;
  }
  if (!has_directory()) {
    return std::nullopt;
  }
  const std::filesystem::path directory = directory_->path();
  kept.is_being_asked = true;
  lock.unlock();
  auto terms = ask(directory, destination, stop);
  lock.lock();
  kept.is_being_asked = false;
  changed_.notify_all();
  if (!stop.stop_requested()) {
    kept.asked = clock_.now();
    kept.terms = terms;
  }
  return terms;
}

std::optional<SharingTerms> SshConnections::ask(const std::filesystem::path& directory,
                                                const SshDestination& destination,
                                                const std::stop_token& stop) noexcept {
  try {
    const ProcessResult answer = runner_.run(
        SshCommands::configuration(directory / "question", destination), stop, kPatienceForTerms);
    return answer.ok() ? read_sharing_terms(answer.out, directory) : std::nullopt;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::optional<SshConnections::Use> SshConnections::reserve(const SshDestination& destination,
                                                           const SharingTerms& terms,
                                                           const std::stop_token& stop) {
  const locking::MutexLock lock(mutex_);
  Kept& kept = kept_[destination];
  if (kept.number == 0) {
    kept.number = ++last_number_;
  }
  if (!has_directory() || kept.number > kMaxNumber) {
    return std::nullopt;
  }
  const std::string prefix = std::to_string(kept.number);
  Use use{.socket = directory_->path() / (prefix + terms.connection),
          .options = sharing_options(directory_->path(), prefix, terms),
          .number = kept.number};
  if (!is_taken(use.socket)) {
    use.opens = !std::exchange(kept.is_being_opened, true);
    use.is_new = !use.opens && is_opened_by_another(use.socket, kept, stop);
    if (!use.opens && (!use.is_new || kept.number != use.number)) {
      return std::nullopt;
    }
  }
  ++kept.users;
  return use;
}

// Who opens a connection may fail, which is then no reason to wait for another one in turn.
bool SshConnections::is_opened_by_another(const std::filesystem::path& socket, const Kept& kept,
                                          const std::stop_token& stop) {
  const int openings = kept.openings;
  for (int polls = 0; polls < kMaxPolls && kept.openings == openings && !stop.stop_requested();
       ++polls) {
    if (is_taken(socket)) {
      return true;
    }
    changed_.wait_for(mutex_, kPoll, [&] { return kept.openings != openings; });
  }
  return is_taken(socket);
}

// A master that does not answer is given up. Commands that begin at the same time ask it once.
bool SshConnections::answers(const SshDestination& destination, const Use& use,
                             const std::stop_token& stop) {
  locking::MutexLock lock(mutex_);
  Kept& kept = kept_[destination];
  if (kept.being_checked == use.number) {
    changed_.wait(mutex_, [&] { return kept.being_checked != use.number; });
    if (kept.answered == use.number || kept.number != use.number) {
      return kept.number == use.number;
    }
  }
  kept.being_checked = use.number;
  kept.answered = 0;
  lock.unlock();
  const bool has_answered = check(use.socket, stop);
  lock.lock();
  kept.being_checked = 0;
  changed_.notify_all();
  if (has_answered) {
    kept.answered = use.number;
  } else if (kept.number == use.number && !stop.stop_requested()) {
    kept.number = 0;
  }
  return has_answered;
}

bool SshConnections::check(const std::filesystem::path& socket,
                           const std::stop_token& stop) noexcept {
  try {
    return is_our_socket(socket) &&
           runner_.run(SshCommands::check(socket), stop, kPatienceForCheck).ok();
  } catch (const std::exception&) {
    return false;
  }
}

// One that has been removed, by a person or by a system that tidies up, is made again.
bool SshConnections::has_directory() {
  if (directory_ && directory_->is_in_place()) {
    return true;
  }
  directory_ = SocketDirectory::make(environment_, clock_);
  if (directory_ && !tidying_.valid()) {
    tidying_ = std::async(kBeside, [this] { end_abandoned(); });
  }
  return directory_.has_value();
}

void SshConnections::end_abandoned() {
  try {
    for (SocketDirectory& directory : SocketDirectory::find_abandoned(environment_, clock_)) {
      end_masters(directory, {});
      directory.remove();
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next process does it
  }
}

void SshConnections::end_master(const std::filesystem::path& socket) noexcept {
  try {
    runner_.run(SshCommands::exit(socket), {}, kPatienceForExit);
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): it ends by itself
  }
}

// Side by side, since one that hangs takes its whole time; one that was asked before hangs.
void SshConnections::end_masters(const SocketDirectory& directory, const Endings& asked) noexcept {
  try {
    std::vector<std::future<void>> requests;
    for (const auto& socket : directory.sockets()) {
      if (!asked.contains(socket)) {
        requests.push_back(std::async(kBeside, [this, socket] { end_master(socket); }));
      }
    }
    for (const std::future<void>& request : requests) {
      request.wait();
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): they end by themselves
  }
}

}  // namespace engine
