#include "mcp/server.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <unistd.h>

#include "mcp/connection.h"
#include "mcp/crew.h"
#include "mcp/stdio.h"

namespace mcp {
namespace {

// A client that has sent a signal kills soon: what it has not read by then is lost.
constexpr std::chrono::milliseconds kPatienceAfterSignal{200};

template <class List>
auto position(List& list, std::string_view name) {
  return std::find_if(list.begin(), list.end(),
                      [&](const auto& feature) { return feature.name == name; });
}

template <class Feature>
void put(std::vector<Feature>& list, Feature feature) {
  const auto found = position(list, feature.name);
  if (found != list.end()) {
    *found = std::move(feature);
  } else {
    list.push_back(std::move(feature));
  }
}

template <class Feature>
bool drop(std::vector<Feature>& list, std::string_view name) {
  const auto found = position(list, name);
  const bool there = found != list.end();
  if (there) {
    list.erase(found);
  }
  return there;
}

template <class Feature>
const Feature* find(const std::vector<Feature>& list, std::string_view name) {
  const auto found = position(list, name);
  return found == list.end() ? nullptr : &*found;
}

// All that a signal handler can reach.
std::atomic<int> wake_fd = -1;        // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)
std::atomic<bool> was_told_to_end{};  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

void end_soon(int /*signal*/) {
  const int problem = errno;
  was_told_to_end = true;
  const char byte = 0;
  static_cast<void>(::write(wake_fd, &byte, 1) == 1);
  errno = problem;
}

void handle_signals(int fd) {
  wake_fd = fd;
  struct sigaction action {};
  action.sa_handler = end_soon;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  // NOLINTNEXTLINE(performance-no-int-to-ptr,cppcoreguidelines-pro-type-cstyle-cast): SIG_IGN
  std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace

const Tool* Features::tool(std::string_view name) const {
  return find(tools, name);
}

const Prompt* Features::prompt(std::string_view name) const {
  return find(prompts, name);
}

template <class Edit>
void Server::change(const Edit& edit) {
  const std::lock_guard lock(features_mutex_);
  auto changed = std::make_shared<Features>(*features_);
  edit(*changed);
  features_ = std::move(changed);
}

void Server::add(Tool tool) {
  change([&](Features& all) {
    put(all.tools, std::move(tool));
    all.offered[static_cast<std::size_t>(Change::tools)] = true;
  });
  announce(Change::tools);
}

void Server::add(Prompt prompt) {
  change([&](Features& all) {
    put(all.prompts, std::move(prompt));
    all.offered[static_cast<std::size_t>(Change::prompts)] = true;
  });
  announce(Change::prompts);
}

void Server::add(ResourceProvider provider) {
  change([&](Features& all) {
    all.providers.push_back(std::move(provider));
    all.offered[static_cast<std::size_t>(Change::resources)] = true;
  });
  announce(Change::resources);
}

void Server::set(Completer completer) {
  change([&](Features& all) { all.completer = std::move(completer); });
}

bool Server::remove_tool(std::string_view name) {
  bool removed = false;
  change([&](Features& all) { removed = drop(all.tools, name); });
  if (removed) {
    announce(Change::tools);
  }
  return removed;
}

bool Server::remove_prompt(std::string_view name) {
  bool removed = false;
  change([&](Features& all) { removed = drop(all.prompts, name); });
  if (removed) {
    announce(Change::prompts);
  }
  return removed;
}

std::shared_ptr<const Features> Server::features() const {
  const std::lock_guard lock(features_mutex_);
  return features_;
}

void Server::listen(Listener listener) {
  const std::lock_guard lock(listener_mutex_);
  listener_ = std::move(listener);
}

void Server::announce(Change change, const std::string& uri) {
  const std::lock_guard lock(listener_mutex_);
  if (listener_) {
    listener_(change, uri);
  }
}

int Server::serve(int in_fd, int out_fd) {
  const bool standard = out_fd == STDOUT_FILENO;
  const int wire = standard ? take_standard_output() : out_fd;
  Stdio stdio(in_fd, wire, options_.limits);
  Crew crew(options_.limits.in_flight);
  Connection connection(
      *this, {[&](std::string line, Delivery delivery) { stdio.send(std::move(line), delivery); },
              [&](std::function<void()> job) { crew.run(std::move(job)); }, [&] { stdio.wake(); }});
  handle_signals(stdio.wake_fd());
  auto patience = options_.limits.flush;
  crew.work([&] {
    stdio.await(connection);
    if (was_told_to_end.exchange(false)) {
      patience = kPatienceAfterSignal;
      connection.shut_down();
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
