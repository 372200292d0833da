#include "cli/demo.h"

#include <atomic>
#include <string>
#include <string_view>
#include <utility>

#include "cli/demo_child.h"
#include "cli/demo_sandbox.h"
#include "cli/exit_status.h"
#include "cli/version.h"
#include "engine/base/error.h"
#include "engine/base/result.h"
#include "engine/process/interrupt.h"
#include "json/parse.h"
#include "tools/hint_words.h"
#include "tools/render.h"

namespace cli {
namespace {

constexpr int kRequestId = 1;
constexpr std::string_view kIndent = "   ";

// Blank lines stay empty, and those at the end go.
std::string indented(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, text.find_last_not_of('\n') + 1)) {
    if (c != '\n' && (out.empty() || out.back() == '\n')) {
      out += kIndent;
    }
    out += c;
  }
  return out;
}

// One self-contained request of the newest revision, which needs no handshake.
std::string rollout_request(std::string_view service) {
  OrderedJson meta = OrderedJson::object();
  meta["io.modelcontextprotocol/protocolVersion"] = "2026-07-28";
  meta["io.modelcontextprotocol/clientInfo"] = {{"name", "demo"}, {"version", version()}};
  meta["io.modelcontextprotocol/clientCapabilities"] = OrderedJson::object();
  meta["progressToken"] = "demo";
  OrderedJson request = OrderedJson::object();
  request["jsonrpc"] = "2.0";
  request["id"] = kRequestId;
  request["method"] = "tools/call";
  request["params"]["name"] = "rollout";
  request["params"]["arguments"]["service"] = service;
  request["params"]["_meta"] = std::move(meta);
  return json::dump(request);
}

class Demo {
 public:
  Demo(const engine::Host& host, Terminal& terminal)
      : host_(host), terminal_(terminal), sandbox_(host) {}

  engine::Result<void> run() {
    const engine::Interrupt interrupt([this](int signal) {
      signal_ = signal;
      server_.terminate();
    });
    engine::Result<void> done = act();
    if (signal_ != 0) {
      return engine::fail(engine::Code::cancelled, "Interrupted; the sandbox is removed.");
    }
    return done;
  }

  // The exit status after a failure.
  int status() const { return signal_ != 0 ? kSignalled + signal_ : kRefused; }

 private:
  engine::Result<void> act() {
    if (auto built = sandbox_.build(); !built) {
      return built;
    }
    if (signal_ != 0) {
      return {};
    }
    introduce();
    engine::Result<Json> reply = ask_server();
    RETURN_IF_FAILED(reply);
    if (auto shown_result = show_result(*reply); !shown_result) {
      return shown_result;
    }
    return show_remote();
  }

  void heading(std::string_view text) {
    terminal_.print("\n" + std::to_string(++headings_) + "  " + std::string(text));
  }
  void say(std::string_view text) { terminal_.print(indented(text)); }
  // A message is one line, however long.
  void say_message(std::string_view text) { terminal_.print_verbatim(indented(text)); }

  void introduce() {
    terminal_.print("A rollout from end to end, in a sandbox that is removed afterwards.");
    heading("The sandbox: " + sandbox_.root().string());
    say("flux.git    the Flux repository; its image backend-services is at pr-41-9f8e7d6\n"
        "papi        the project, on the branch feature/fast-search, set to the rwenv demo\n"
        "bin/gh      a stand-in for GitHub's CLI: the branch has pull request #42\n"
        "home        a home of its own, with the catalog and a git identity");
  }

  engine::Result<void> start_server() {
    engine::Result<void> started =
        server_.start({host_.executable, {}, sandbox_.environment(), sandbox_.errors()});
    if (signal_ != 0) {
      server_.terminate();  // the signal came before there was anything to end
    }
    return started;
  }

  // Sends the request and shows what comes until the reply to it.
  engine::Result<Json> ask_server() {
    const std::string request = rollout_request(sandbox_.service());
    heading("A client starts rollout-mcp and asks:");
    say_message("→ " + request);
    RETURN_IF_FAILED(start_server());
    server_.write(request + "\n");
    heading("The server says what it is doing:");
    std::optional<Json> reply;
    while (const std::optional<std::string> line = server_.read_line()) {
      const auto message = json::parse(*line);
      if (message && message->value("id", 0) == kRequestId) {
        reply = *message;
        break;
      }
      say_message("← " + tools::sanitize_text(*line));
    }
    server_.end_of_input();
    const int status = server_.wait();
    if (!reply || status != 0) {
      return engine::fail(engine::Code::internal, "The server ended without a reply (status " +
                                                      std::to_string(status) +
                                                      "): " + sandbox_.said_errors());
    }
    return *reply;
  }

  engine::Result<void> show_result(const Json& reply) {
    const Json& result = reply.value("result", Json::object());
    const Json structured = result.value("structuredContent", Json::object());
    if (structured.value("status", "") != "updated") {
      return engine::fail(engine::Code::internal, "The rollout was not done: " + json::dump(reply));
    }
    heading("It reports:");
    say(structured.value("report", ""));
    commit_ = structured.value("commit", "");
    return {};
  }

  // The remote is asked itself: what it says is what Flux would see.
  engine::Result<void> show_remote() {
    heading("The remote has the commit, and one line is different:");
    engine::Result<std::string> log =
        sandbox_.ask_remote({"log", "-1", "--format=%H%ncommit %h by %an <%ae>%n  %s", "main"});
    engine::Result<std::string> diff =
        sandbox_.ask_remote({"diff", "--unified=1", "main~1", "main", "--", "."});
    for (engine::Result<std::string>* answer : {&log, &diff}) {
      if (!*answer) {
        return engine::failure_of(*answer);
      }
    }
    const std::size_t newline = log->find('\n');
    if (commit_.empty() || log->substr(0, newline) != commit_) {
      return engine::fail(engine::Code::internal,
                          "The remote's head is not the commit that was reported.");
    }
    say(tools::sanitize_text(log->substr(newline + 1)));
    terminal_.print("\n" + tools::sanitize_text(diff->substr(0, diff->find_last_not_of('\n') + 1)));
    return {};
  }

  const engine::Host& host_;
  Terminal& terminal_;
  DemoSandbox sandbox_;
  DemoChild server_;             // ends before the sandbox is removed
  std::atomic<int> signal_ = 0;  // that told us to stop
  int headings_ = 0;
  std::string commit_;
};

}  // namespace

int demo(const engine::Host& host, Terminal& terminal) {
  if (host.executable.empty()) {
    terminal.complain("The demo cannot find its own program; start it by its full path.");
    return kRefused;
  }
  Demo demo(host, terminal);
  if (const engine::Result<void> done = demo.run(); !done) {
    terminal.complain(tools::report(done.error(), tools::Reader::command_line));
    return demo.status();
  }
  return kDone;
}

}  // namespace cli
