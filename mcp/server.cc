#include "mcp/server.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <exception>
#include <unistd.h>

#include "mcp/connection.h"
#include "mcp/crew.h"
#include "mcp/stdio.h"

namespace mcp {
namespace {

// A client that has sent a signal kills soon: what it has not read by then is lost.
constexpr std::chrono::milliseconds kPatienceAfterSignal{200};

template <class Feature>
bool drop(std::vector<Feature>& list, std::string_view name) {
  return std::erase_if(list, [&](const Feature& feature) { return feature.name == name; }) > 0;
}

template <class Feature>
bool put(std::vector<Feature>& list, Feature feature) {
  drop(list, feature.name);
  list.push_back(std::move(feature));
  return true;
}

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

bool Server::change(Change kind, const std::function<bool(Features&)>& edit) {
  {
    const std::lock_guard lock(features_mutex_);
    auto changed = std::make_shared<Features>(*features_);
    if (!edit(*changed)) {
      return false;
    }
    features_ = std::move(changed);
  }
  announce(kind);
  return true;
}

void Server::add(Tool tool) {
  change(Change::tools, [&](Features& all) { return put(all.tools, std::move(tool)); });
}

void Server::add(Prompt prompt) {
  change(Change::prompts, [&](Features& all) { return put(all.prompts, std::move(prompt)); });
}

void Server::add(ResourceProvider provider) {
  change(Change::resources, [&](Features& all) {
    all.providers.push_back(std::move(provider));
    return true;
  });
}

void Server::set(Completer completer) {
  const std::lock_guard lock(features_mutex_);
  auto changed = std::make_shared<Features>(*features_);
  changed->completer = std::move(completer);
  features_ = std::move(changed);
}

bool Server::remove_tool(std::string_view name) {
  return change(Change::tools, [&](Features& all) { return drop(all.tools, name); });
}

bool Server::remove_prompt(std::string_view name) {
  return change(Change::prompts, [&](Features& all) { return drop(all.prompts, name); });
}

std::shared_ptr<const Features> Server::features() const {
  const std::lock_guard lock(features_mutex_);
  return features_;
}

void Server::attach(Connection* connection) {
  const std::lock_guard lock(connection_mutex_);
  connection_ = connection;
}

void Server::announce(Change change, const std::string& uri) {
  const std::lock_guard lock(connection_mutex_);
  if (connection_ != nullptr) {
    connection_->announce(change, uri);
  }
}

int Server::serve(int in_fd, int out_fd) {
  const bool standard = out_fd == STDOUT_FILENO;
  const int wire = standard ? take_standard_output() : out_fd;
  Stdio stdio(in_fd, wire, options_.limits);
  Crew crew(options_.limits.in_flight);
  Connection connection(
      *this, {[&](std::string line, Delivery delivery) { stdio.send(std::move(line), delivery); },
              [&](std::function<void()> job) { crew.run(std::move(job)); }, [&] { stdio.wake(); },
              [&] { return stdio.slow_to_be_read(); }});
  wake_fd = stdio.wake_fd();
  std::signal(SIGINT, end_soon);
  std::signal(SIGTERM, end_soon);
  for (const int signal : {SIGPIPE, SIGXFSZ}) {
    std::signal(signal, SIG_IGN);  // NOLINT(performance-no-int-to-ptr): the system's constant
  }
  auto patience = options_.limits.flush;
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
