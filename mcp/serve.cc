#include "mcp/serve.h"

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <exception>
#include <functional>
#include <string>
#include <unistd.h>
#include <utility>

#include "mcp/connection.h"
#include "mcp/crew.h"
#include "mcp/stdio.h"

namespace mcp {
namespace {

// A client that has sent a signal kills soon: what it has not read by then is lost.
constexpr std::chrono::milliseconds kPatienceAfterSignal{200};

// All that a signal handler can reach.
std::atomic<int> wake_fd = -1;
std::atomic<bool> was_told_to_end{};

void end_soon(int /*signal*/) {
  const int problem = errno;
  was_told_to_end = true;
  const char byte = 0;
  static_cast<void>(::write(wake_fd, &byte, 1) == 1);
  errno = problem;
}

}  // namespace

int serve(Server& server, int in_fd, int out_fd) {
  const Limits& limits = server.options().limits;
  const bool standard = out_fd == STDOUT_FILENO;
  const int wire = standard ? take_standard_output() : out_fd;
  Stdio stdio(in_fd, wire, limits);
  Crew crew(limits.in_flight);
  Connection connection(
      server, {[&](std::string line, Delivery delivery) { stdio.send(std::move(line), delivery); },
               [&](std::function<void()> job) { crew.run(std::move(job)); }, [&] { stdio.wake(); },
               [&] { return stdio.slow_to_be_read(); }});
  wake_fd = stdio.wake_fd();
  std::signal(SIGINT, end_soon);
  std::signal(SIGTERM, end_soon);
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    std::signal(signal, SIG_IGN);  // NOLINT(performance-no-int-to-ptr): the system's constant
  }
  auto patience = limits.flush;
  crew.work([&] {
    try {
      stdio.await(connection);
      if (was_told_to_end.exchange(false)) {
        patience = kPatienceAfterSignal;
        connection.shut_down("a signal ends the server");
      }
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): no memory; go on
    }
    return !connection.closed();
  });
  stdio.flush(patience);
  wake_fd = -1;
  if (standard && wire >= 0) {
    ::close(wire);
  }
  return 0;
}

}  // namespace mcp
