#include "mcp/serve.h"

#include <chrono>
#include <csignal>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <asio/signal_set.hpp>
#include <asio/steady_timer.hpp>

#include "mcp/connection.h"
#include "mcp/input.h"
#include "mcp/memory.h"
#include "mcp/output.h"
#include "mcp/workers.h"

namespace mcp {
namespace {

// A client that has sent a signal kills soon: what it has not read by then is lost.
constexpr std::chrono::milliseconds kPatienceAfterSignal{200};

// One client, over its descriptors.
class Service {
 public:
  Service(Server& server, int in_fd, int out_fd)
      : limits_(server.options().limits),
        patience_(limits_.flush),
        output_(workers_, out_fd, limits_.buffered_bytes, [this] { on_output(); }),
        connection_(server,
                    {[this](std::string line, Delivery how) { output_.send(std::move(line), how); },
                     [this](std::function<void()> job) { workers_.run(std::move(job)); },
                     [this] { input_.resume(); }, [this] { workers_.stop(); },
                     [this] { return output_.is_waiting(); }}),
        input_(workers_, in_fd, limits_.line_bytes,
               {[this](auto line, auto read_at) { connection_.on_line(line, read_at); },
                [this] { on_end_of_input(); },
                [this] { return connection_.crowded() || !output_.has_room(); }}),
        grace_(workers_.io()),
        signals_(workers_.io(), SIGINT, SIGTERM) {}

  // Until the client or a signal ends it.
  void serve() {
    await_signal();
    on_output();  // there may be none
    input_.start();
    workers_.work();
    output_.flush(patience_);
  }

 private:
  // Something has been written, or nobody reads any more.
  void on_output() {
    if (output_.is_broken()) {
      connection_.shut_down("the client has stopped reading");
    }
    if (!output_.is_waiting()) {
      connection_.on_room();
    }
    input_.resume();
  }

  void on_end_of_input() {
    connection_.on_end_of_input();
    do_when_there_is_memory([this] {
      grace_.expires_after(limits_.end_grace);
      grace_.async_wait([this](std::error_code /*error*/) { connection_.on_end_of_grace(); });
    });
  }

  void await_signal() {
    signals_.async_wait([this](std::error_code error, int /*signal*/) {
      if (!error) {
        await_signal();  // first, with the memory of the wait before
        patience_ = kPatienceAfterSignal;
        connection_.shut_down("a signal ends the server");
      }
    });
  }

  const Limits& limits_;
  std::chrono::milliseconds patience_;  // for the client to take what is left at the end
  Workers workers_{limits_.in_flight + 1};
  Output output_;
  Connection connection_;
  Input input_;
  asio::steady_timer grace_;  // of the work after the end of input
  asio::signal_set signals_;
};

}  // namespace

int serve(Server& server, int in_fd, int out_fd) {
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    std::signal(signal, SIG_IGN);  // NOLINT(performance-no-int-to-ptr): the system's constant
  }
  const bool standard = out_fd == STDOUT_FILENO;
  const int wire = standard ? take_standard_output() : out_fd;
  Service(server, in_fd, wire).serve();
  if (standard && wire >= 0) {
    ::close(wire);
  }
  return 0;
}

}  // namespace mcp
