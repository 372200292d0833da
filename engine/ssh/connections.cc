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

SshConnections::SshConnections(CommandRunner& runner, Clock& clock, const Environment& environment)
    : runner_(runner), clock_(clock), environment_(environment) {}

SshConnections::~SshConnections() {
  const locking::MutexLock lock(mutex_);
  if (tidying_.valid()) {
    tidying_.wait();
  }
  if (directory_) {
    end_masters(*directory_);
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
  }
  return std::nullopt;
}

void SshConnections::end(const SshDestination& destination, const Use& use, bool is_unusable) {
  const locking::MutexLock lock(mutex_);
  Kept& kept = kept_[destination];
  if (use.opens) {
    kept.is_being_opened = false;
    ++kept.openings;
    changed_.notify_all();
  }
  if (!is_unusable) {
    return;
  }
  if (use.opens) {
    kept.terms.reset();
  } else if (kept.number == use.number) {
    kept.number = 0;
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
  if (is_taken(use.socket)) {
    return use;
  }
  if (kept.is_being_opened) {
    use.is_new = is_opened_by_another(use.socket, kept, stop);
    return use.is_new ? std::optional(std::move(use)) : std::nullopt;
  }
  kept.is_being_opened = true;
  use.opens = true;
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
      end_masters(directory);
      directory.remove();
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the next process does it
  }
}

// Side by side, since one that hangs takes its whole time.
void SshConnections::end_masters(const SocketDirectory& directory) noexcept {
  try {
    std::vector<std::future<void>> requests;
    for (const auto& socket : directory.sockets()) {
      requests.push_back(std::async(kBeside, [this, socket] {
        runner_.run(SshCommands::exit(socket), {}, kPatienceForExit);
      }));
    }
    for (std::future<void>& request : requests) {
      request.get();
    }
  } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): they end by themselves
  }
}

}  // namespace engine
