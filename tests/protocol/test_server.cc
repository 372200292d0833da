#include "tests/protocol/test_server.h"

#include <stdexcept>
#include <string>
#include <utility>

#include "json/parse.h"

namespace test_server {
namespace {

using mcp::Context;
using mcp::Tool;
using mcp::ToolResult;

Tool tool(std::string name, std::function<mcp::ToolAnswer(const Json&, Context&)> call) {
  auto definition = [name] {
    return OrderedJson{{"name", name},
                       {"description", "For tests."},
                       {"inputSchema", OrderedJson{{"type", "object"}}}};
  };
  return {std::move(name), std::move(definition), std::move(call)};
}

mcp::InputRequest form(std::string key, const std::string& field) {
  OrderedJson schema = {{"type", "object"}};
  schema["properties"][field] = {{"type", "string"}};
  schema["required"] = OrderedJson::array({field});
  OrderedJson params = {{"message", "Say " + field}, {"requestedSchema", std::move(schema)}};
  return {std::move(key), "elicitation/create", std::move(params)};
}

std::string field(const Json& answer, const std::string& name) {
  return answer.contains("content") ? answer["content"].value(name, "") : "none";
}

ToolResult wait_for_cancellation(const std::shared_ptr<Latch>& latch, Context& context) {
  std::mutex mutex;
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  latch->pass();
  stopped.wait(lock, context.stop_token(), [] { return false; });
  return mcp::text_result("stopped");
}

void add_tools(mcp::Server& server, const std::shared_ptr<Latch>& latch) {
  server.add(tool("echo", [](const Json& arguments, Context&) {
    ToolResult result = mcp::text_result("echo");
    result.structured_content = OrderedJson::parse(json::dump(arguments));
    return result;
  }));
  server.add(tool("rendered", [](const Json& arguments, Context&) {
    ToolResult result = mcp::text_result("a line\nand \u2028 another");
    result.structured_content = OrderedJson::parse(json::dump(arguments));
    result.is_error = arguments.contains("wrong");
    return mcp::render(result);
  }));
  server.add(tool("fail", [](const Json&, Context&) -> ToolResult {
    throw std::runtime_error("a secret detail");
  }));
  server.add(tool("progress", [](const Json&, Context& context) {
    for (const int step : {0, 1, 1, 2}) {  // the repetition must not be sent
      context.progress(step, 2, "step");
    }
    return mcp::text_result("done");
  }));
  server.add(tool("logs", [](const Json&, Context& context) {
    context.log(mcp::LogLevel::debug, "test", "fine");
    context.log(mcp::LogLevel::warning, "test", "coarse");
    return mcp::text_result("done");
  }));
  Tool hold = tool("hold", [latch](const Json&, Context& context) {
    latch->pass();
    context.progress(1, std::nullopt, "late");
    return mcp::text_result("held");
  });
  hold.slow = true;
  server.add(std::move(hold));
  server.add(tool("wait", [latch](const Json&, Context& context) {
    return wait_for_cancellation(latch, context);
  }));
  server.add(tool("form", [](const Json&, Context& context) {
    const auto answers = context.ask({form("who", "name")}, mcp::AnswerTrust::none);
    return mcp::text_result("hello " + field(answers[0], "name"));
  }));
  server.add(tool("two_forms", [](const Json&, Context& context) {
    const auto first = context.ask({form("one", "a")}, mcp::AnswerTrust::asked);
    const auto second = context.ask({form("two", "b")}, mcp::AnswerTrust::asked);
    return mcp::text_result(field(first[0], "a") + field(second[0], "b"));
  }));
  server.add(tool("bound", [latch](const Json&, Context& context) {
    const std::string about = latch->topic();
    const auto first = context.ask({form("one", "a")}, mcp::AnswerTrust::asked, about);
    const auto second = context.ask({form("two", "b")}, mcp::AnswerTrust::asked, about);
    return mcp::text_result(about + ": " + field(first[0], "a") + field(second[0], "b"));
  }));
  server.add(tool("roots", [](const Json&, Context& context) {
    const mcp::Roots roots = context.roots();
    std::string uris;
    for (const mcp::Root& root : roots.value_or(std::vector<mcp::Root>())) {
      uris += (root ? *root : "(" + root.error() + ")") + ";";
    }
    return mcp::text_result(roots ? uris : "the client " + roots.error());
  }));
  server.add(tool("roots_and_form", [](const Json&, Context& context) {
    const mcp::Roots roots = context.roots();
    const auto answers = context.ask({form("one", "a")}, mcp::AnswerTrust::asked, "a topic");
    return mcp::text_result((roots ? *roots->front() : roots.error()) + " " +
                            field(answers[0], "a"));
  }));
}

}  // namespace

std::string Latch::topic() {
  const std::lock_guard lock(mutex_);
  return topic_;
}

void Latch::set_topic(std::string topic) {
  const std::lock_guard lock(mutex_);
  topic_ = std::move(topic);
}

void Latch::open() {
  const std::lock_guard lock(mutex_);
  open_ = true;
  changed_.notify_all();
}

void Latch::pass() {
  std::unique_lock lock(mutex_);
  ++arrivals_;
  changed_.notify_all();
  changed_.wait(lock, [this] { return open_; });
}

void Latch::await_arrivals(int count) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return arrivals_ >= count; });
}

std::unique_ptr<mcp::Server> make(const std::shared_ptr<Latch>& latch, mcp::Options options) {
  options.implementation = {"test", "", "1.0", "Use it in tests."};
  auto server = std::make_unique<mcp::Server>(std::move(options));
  add_tools(*server, latch);
  server->add(
      mcp::Prompt{"greet",
                  [] {
                    return OrderedJson::parse(
                        R"({"name":"greet","description":"Greets.",
                                    "arguments":[{"name":"who","required":true}]})");
                  },
                  [](const Json& arguments, Context&) {
                    OrderedJson message = {
                        {"role", "user"},
                        {"content", mcp::text_content(arguments.at("who").get<std::string>())}};
                    return OrderedJson{{"messages", OrderedJson::array({message})}};
                  }});
  server->add(mcp::ResourceProvider{
      [] { return OrderedJson::parse(R"([{"uri":"test://a","name":"a"}])"); },
      [] { return OrderedJson::parse(R"([{"uriTemplate":"test://{x}","name":"x"}])"); },
      [](std::string_view uri, Context&) -> std::optional<OrderedJson> {
        if (uri != "test://a") {
          return std::nullopt;
        }
        return OrderedJson::parse(R"([{"uri":"test://a","text":"A"}])");
      }});
  server->set([](const Json& ref, std::string_view, std::string_view value, const Json&,
                 Context&) -> std::optional<mcp::Completions> {
    if (ref.value("name", "") != "greet") {
      return std::nullopt;
    }
    return mcp::Completions{std::vector<std::string>(150, std::string(value) + "x")};
  });
  return server;
}

}  // namespace test_server
