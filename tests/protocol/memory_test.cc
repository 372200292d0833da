// A server that runs out of memory: this program's own allocation functions fail at any one of the
// allocations that a request needs, or at several in a row. Each request is answered, be it with an
// error, and the server goes on.
#include <atomic>
#include <cstdlib>
#include <future>
#include <memory>
#include <new>
#include <poll.h>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/parse.h"
#include "mcp/serve.h"
#include "tests/protocol/test_server.h"
#include "tests/support/mcp_client.h"

namespace {

// NOLINTBEGIN(cppcoreguidelines-avoid-non-const-global-variables): operator new has no object
std::atomic<bool> armed = false;
std::atomic<int> allocations = 0;      // since it was armed
std::atomic<int> first_to_fail = 0;    // the number of the first that fails
std::atomic<int> failures_in_row = 0;  // those that follow it included
thread_local bool is_exempt = false;
// NOLINTEND(cppcoreguidelines-avoid-non-const-global-variables)

bool fails() {
  if (is_exempt || !armed) {
    return false;
  }
  const int beyond = allocations.fetch_add(1) - first_to_fail;
  return beyond >= 0 && beyond < failures_in_row;
}

void arm(int first, int in_row) {
  allocations = 0;
  first_to_fail = first;
  failures_in_row = in_row;
  armed = true;
}

// True if an allocation has failed.
bool disarm() {
  armed = false;
  return allocations > first_to_fail;
}

}  // namespace

// NOLINTBEGIN(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory,misc-new-delete-overloads)
void* operator new(std::size_t size) {
  void* const memory = fails() ? nullptr : std::malloc(size);
  if (memory == nullptr) {
    throw std::bad_alloc();
  }
  return memory;
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t /*size*/) noexcept {
  std::free(memory);
}
// NOLINTEND(cppcoreguidelines-no-malloc,cppcoreguidelines-owning-memory,misc-new-delete-overloads)

namespace {

using support::call;
using support::modern;
using support::request;

const Json can_ask = {{"elicitation", Json::object()}};  // NOLINT(cert-err58-cpp): a constant

// A server over pipes, on threads that are not the test's.
class OutOfMemory : public testing::TestWithParam<int> {
 protected:
  void SetUp() override {
#ifndef NDEBUG
    GTEST_SKIP() << "the library's assertions end the program where an allocation fails";
#endif
  }

  OutOfMemory() {
    is_exempt = true;
    EXPECT_EQ(::pipe(in_), 0);
    EXPECT_EQ(::pipe(out_), 0);
    server_ = test_server::make(std::make_shared<test_server::Latch>());
    status_ =
        std::async(std::launch::async, [this] { return mcp::serve(*server_, in_[0], out_[1]); });
    send(request("begun", "ping"));
    receive();
  }
  ~OutOfMemory() override {
    disarm();
    ::close(in_[1]);
    EXPECT_EQ(status_.get(), 0);
    for (const int fd : {in_[0], out_[0], out_[1]}) {
      ::close(fd);
    }
  }

  void send(const Json& message) {
    const std::string line = json::dump(message) + "\n";
    ASSERT_EQ(::write(in_[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
  }
  Json receive() {
    while (received_.find('\n') == std::string::npos) {
      pollfd ready = {out_[0], POLLIN, 0};
      std::string bytes(65536, '\0');
      const ssize_t count =
          ::poll(&ready, 1, 20000) == 1 ? ::read(out_[0], bytes.data(), bytes.size()) : 0;
      if (count <= 0) {
        throw std::runtime_error("nothing came within 20 s");
      }
      received_.append(bytes, 0, static_cast<std::size_t>(count));
    }
    const auto end = received_.find('\n');
    Json message = Json::parse(received_.substr(0, end));
    received_.erase(0, end + 1);
    return message;
  }

  // Sends with the n-th allocation failing, for every n until it was not reached; each time there
  // has to be an answer to that request. Returns how many were errors of the server.
  int sweep(const std::function<Json(int id)>& make) {
    int errors = 0;
    for (int n = 0; n < 20000; ++n) {
      const Json message = make(n + 1);
      arm(n, GetParam());
      send(message);
      const Json answer = receive();
      const bool reached = disarm();
      EXPECT_EQ(answer.value("id", Json()), n + 1) << n << ": " << answer;
      const bool failed = answer.contains("error");
      EXPECT_TRUE(!failed || answer["error"]["code"] == -32603) << n << ": " << answer;
      errors += failed ? 1 : 0;
      if (!reached) {
        EXPECT_TRUE(answer.contains("result")) << answer;
        return errors;
      }
    }
    ADD_FAILURE() << "it never ends";
    return errors;
  }

  int in_[2] = {-1, -1};
  int out_[2] = {-1, -1};
  std::unique_ptr<mcp::Server> server_;
  std::future<int> status_;
  std::string received_;
};

TEST_P(OutOfMemory, OfAToolCallIsItsError) {
  const Json arguments = Json::parse(R"({"a":[1,{"b":["a string that is long enough",[[[]]]]}]})");
  EXPECT_GT(sweep([&](int id) { return modern(id, "tools/call", call("echo", arguments)); }), 0);
}

TEST_P(OutOfMemory, OfAToolThatThrowsIsItsErrorToo) {
  int id = 0;
  for (int n = 0; n < 200; ++n) {
    arm(n, GetParam());
    send(modern(++id, "tools/call", call("fail")));
    EXPECT_EQ(receive()["id"], id);
    disarm();
  }
}

TEST_P(OutOfMemory, OfListsPromptsResourcesAndCompletionIsTheirError) {
  for (const Json& what :
       {modern(0, "tools/list"), modern(0, "server/discover"), modern(0, "resources/list"),
        modern(0, "resources/read", {{"uri", "test://a"}}),
        modern(0, "prompts/get", call("greet", {{"who", "a name that is long enough to count"}})),
        modern(0, "completion/complete",
               {{"ref", {{"type", "ref/prompt"}, {"name", "greet"}}},
                {"argument", {{"name", "who"}, {"value", "x"}}}})}) {
    EXPECT_GT(sweep([&](int id) {
                Json message = what;
                message["id"] = id;
                return message;
              }),
              0)
        << what;
  }
}

TEST_P(OutOfMemory, OfAQuestionIsItsError) {
  EXPECT_GT(sweep([](int id) { return modern(id, "tools/call", call("two_forms"), can_ask); }), 0);
}

TEST_P(OutOfMemory, OfAnAnswerToAQuestionIsItsError) {
  const Json answers = {{"one", {{"action", "accept"}, {"content", {{"a", "x"}}}}}};
  EXPECT_GT(sweep([&](int id) {
              Json params = call("two_forms");
              send(modern("asked", "tools/call", params, can_ask));
              params["requestState"] = receive()["result"]["requestState"];
              params["inputResponses"] = answers;
              return modern(id, "tools/call", params, can_ask);
            }),
            0);
}

// In the older revisions the server asks, and waits: that must not be for ever.
TEST_P(OutOfMemory, OfALegacyClientsRootsIsTheCallsError) {
  send(request(0, "initialize",
               {{"protocolVersion", "2025-11-25"}, {"capabilities", {{"roots", Json::object()}}}}));
  receive();
  for (int n = 0; n < 400; ++n) {
    send(support::notification("notifications/roots/list_changed"));
    send(request("after", "ping"));
    receive();
    arm(n, GetParam());
    send(request(n + 1, "tools/call", call("roots")));
    Json message = receive();
    disarm();
    if (message.contains("method")) {
      send({{"jsonrpc", "2.0"},
            {"id", message["id"]},
            {"result", {{"roots", {{{"uri", "file:///a"}}}}}}});
      message = receive();
    }
    EXPECT_EQ(message["id"], n + 1) << n << ": " << message;
  }
}

TEST_P(OutOfMemory, OfABatchLeavesTheOthers) {
  send(request(0, "initialize", {{"protocolVersion", "2025-03-26"}}));
  receive();
  for (int n = 0; n < 400; ++n) {
    arm(n, GetParam());
    send(Json::array({request(1, "ping"), request(2, "tools/call", call("echo"))}));
    receive();
    disarm();
    // The batch has one answer, or each of its parts an error of its own.
    send(request("after", "ping"));
    while (receive().value("id", Json()) != "after") {
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Failures, OutOfMemory, testing::Values(1, 2, 5));

}  // namespace
