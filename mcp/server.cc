#include "mcp/server.h"

#include <csignal>
#include <exception>
#include <string>
#include <unistd.h>
#include <utility>

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

#include "mcp/connection.h"
#include "mcp/stdio_transport.h"

namespace mcp {
namespace {

// A client that has sent a signal kills soon: what it has not read by then is lost.
constexpr std::chrono::milliseconds kPatienceAfterSignal{200};

}  // namespace

int Server::serve(int in_fd, int out_fd) {
  // NOLINTNEXTLINE(performance-no-int-to-ptr,cppcoreguidelines-pro-type-cstyle-cast): SIG_IGN
  std::signal(SIGPIPE, SIG_IGN);
  const bool standard = out_fd == STDOUT_FILENO;
  const int wire = standard ? take_standard_output() : out_fd;
  asio::io_context loop(1);
  StdioTransport transport(loop, in_fd, wire, options_.limits);
  Connection connection(loop, transport, options_, *this, [&loop] { loop.stop(); });
  auto patience = options_.limits.flush;
  asio::signal_set signals(loop, SIGINT, SIGTERM);
  signals.async_wait([&](const asio::error_code& error, int) {
    if (!error) {
      patience = kPatienceAfterSignal;
      connection.shut_down();
    }
  });
  transport.start(connection);
  loop.run();
  transport.close(patience);
  if (standard && wire >= 0) {
    ::close(wire);
  }
  return 0;
}

}  // namespace mcp
