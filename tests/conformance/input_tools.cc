#include <functional>
#include <utility>
#include <vector>

#include "json/parse.h"
#include "tests/conformance/fixture.h"

namespace fixture {
namespace {

using mcp::AnswerTrust;
using mcp::Context;
using mcp::ToolResult;

constexpr std::string_view kDefaults = R"({
  "name": {"type": "string", "default": "John Doe"},
  "age": {"type": "integer", "default": 30},
  "score": {"type": "number", "default": 95.5},
  "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
  "verified": {"type": "boolean", "default": true}
})";
constexpr std::string_view kEnums = R"({
  "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
  "titledSingle": {"type": "string", "oneOf": [
    {"const": "value1", "title": "First Option"},
    {"const": "value2", "title": "Second Option"},
    {"const": "value3", "title": "Third Option"}]},
  "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"],
    "enumNames": ["Option One", "Option Two", "Option Three"]},
  "untitledMulti": {"type": "array",
    "items": {"type": "string", "enum": ["option1", "option2", "option3"]}},
  "titledMulti": {"type": "array", "items": {"anyOf": [
    {"const": "value1", "title": "First Choice"},
    {"const": "value2", "title": "Second Choice"},
    {"const": "value3", "title": "Third Choice"}]}}
})";
constexpr std::string_view kNameField = R"({"name": {"type": "string"}})";
constexpr std::string_view kOkField = R"({"ok": {"type": "boolean"}})";

std::string one_string(std::string_view argument) {
  OrderedJson schema = {{"type", "object"}};
  schema["properties"][std::string(argument)] = {{"type", "string"}};
  schema["required"] = OrderedJson::array({argument});
  schema["additionalProperties"] = false;
  return json::dump(schema);
}

mcp::InputRequest optional_form(std::string_view message, std::string_view properties) {
  mcp::InputRequest request = form("form", message, properties);
  request.params["requestedSchema"].erase("required");
  return request;
}

mcp::InputRequest user_name() {
  return form("user_name", "What is your name?", kNameField);
}
mcp::InputRequest greeting() {
  return sampling("greeting", "Generate a greeting", 50);
}

// The text of a sampled message; "" if it has none.
std::string sampled_text(const Json& answer) {
  const Json& content = answer.at("content");
  const Json& block = content.is_array() && !content.empty() ? content.front() : content;
  return block.is_object() ? block.value("text", "") : "";
}

// What a form was answered with.
ToolResult form_report(std::string_view prefix, const Json& answer) {
  const Json content = answer.value("content", Json::object());
  return mcp::text_result(std::string(prefix) + ": action=" + answer.value("action", "") +
                          ", content=" + json::dump(content));
}

using Run = std::function<ToolResult(const Json& arguments, Context& context)>;

void add(mcp::Server& server, const std::string& name, const std::string& description, Run run) {
  server.add(mcp::Tool{name, [name, description] { return tool_definition(name, description); },
                       std::move(run)});
}

// A tool with one required string argument, which the suite always gives.
void add_with(mcp::Server& server, const std::string& name, const std::string& description,
              const std::string& argument, Run run) {
  Run checked = [argument, run = std::move(run)](const Json& arguments, Context& context) {
    if (arguments.contains(argument) && arguments.at(argument).is_string()) {
      return run(arguments, context);
    }
    ToolResult result = mcp::text_result("The argument `" + argument + "` must be a string.");
    result.is_error = true;
    return result;
  };
  server.add(mcp::Tool{name,
                       [name, description, argument] {
                         return tool_definition(name, description, one_string(argument));
                       },
                       std::move(checked)});
}

void add_questions(mcp::Server& server) {
  add_with(server, "test_sampling", "Asks the client's model.", "prompt",
           [](const Json& arguments, Context& context) {
             const auto prompt = arguments.at("prompt").get<std::string>();
             const auto answers =
                 context.ask({sampling("message", prompt, 100)}, AnswerTrust::none);
             return mcp::text_result("LLM response: " + sampled_text(answers[0]));
           });
  add_with(server, "test_elicitation", "Asks the user.", "message",
           [](const Json& arguments, Context& context) {
             constexpr std::string_view kProperties = R"({
               "username": {"type": "string", "description": "User's response"},
               "email": {"type": "string", "description": "User's email address"}})";
             const auto message = arguments.at("message").get<std::string>();
             const auto answers =
                 context.ask({form("form", message, kProperties)}, AnswerTrust::none);
             return form_report("User response", answers[0]);
           });
  add(server, "test_elicitation_sep1034_defaults", "Asks with default values.",
      [](const Json&, Context& context) {
        const auto answers = context.ask(
            {optional_form("Please review and update the form fields with defaults", kDefaults)},
            AnswerTrust::none);
        return form_report("Elicitation completed", answers[0]);
      });
  add(server, "test_elicitation_sep1330_enums", "Asks for choices of every kind.",
      [](const Json&, Context& context) {
        const auto answers =
            context.ask({optional_form("Please select options from the enum fields", kEnums)},
                        AnswerTrust::none);
        return form_report("Elicitation completed", answers[0]);
      });
  add(server, "test_missing_capability", "Needs a client that offers sampling.",
      [](const Json&, Context& context) {
        if (!context.can_ask("sampling/createMessage")) {
          context.ask({greeting()}, AnswerTrust::none);  // which says what is missing
        }
        return mcp::text_result("The client offers sampling.");
      });
  add(server, "test_streaming_elicitation", "Asks whether to continue.",
      [](const Json&, Context& context) {
        context.ask({form("answer", "Continue?", kOkField)}, AnswerTrust::none);
        return mcp::text_result("Continued.");
      });
}

void add_single_rounds(mcp::Server& server) {
  add(server, "test_input_required_result_elicitation", "Asks for a name.",
      [](const Json&, Context& context) {
        const Json answer = context.ask({user_name()}, AnswerTrust::none).front();
        const Json content = answer.value("content", Json::object());
        return mcp::text_result("Hello, " + content.value("name", "stranger") + "!");
      });
  add(server, "test_input_required_result_sampling", "Asks the client's model.",
      [](const Json&, Context& context) {
        const auto answers =
            context.ask({sampling("capital_question", "What is the capital of France?", 100)},
                        AnswerTrust::none);
        return mcp::text_result(sampled_text(answers[0]));
      });
  add(server, "test_input_required_result_list_roots", "Asks for the client's roots.",
      [](const Json&, Context& context) {
        const auto answers = context.ask({client_roots("client_roots")}, AnswerTrust::none);
        std::string uris;
        for (const Json& root : answers[0].at("roots")) {
          uris += root.at("uri").get<std::string>() + "\n";
        }
        return mcp::text_result(uris);
      });
  add(server, "test_input_required_result_capabilities", "Asks what the client can answer.",
      [](const Json&, Context& context) {
        const std::vector<mcp::InputRequest> all = {user_name(), greeting(),
                                                    client_roots("client_roots")};
        std::vector<mcp::InputRequest> possible;
        for (const mcp::InputRequest& request : all) {
          if (context.can_ask(request.method)) {
            possible.push_back(request);
          }
        }
        context.ask(possible.empty() ? all : possible, AnswerTrust::none);
        return mcp::text_result("All that could be asked was answered.");
      });
}

void add_sealed_rounds(mcp::Server& server) {
  add(server, "test_input_required_result_request_state", "Asks, and wants its state back.",
      [](const Json&, Context& context) {
        context.ask({form("confirm", "Please confirm", kOkField)}, AnswerTrust::asked);
        return mcp::text_result("state-ok");
      });
  add(server, "test_input_required_result_tampered_state", "Refuses a state that was changed.",
      [](const Json&, Context& context) {
        context.ask({form("confirm", "Please confirm", kOkField)}, AnswerTrust::asked);
        return mcp::text_result("The state was not changed.");
      });
  add(server, "test_input_required_result_multiple_inputs", "Asks three things at once.",
      [](const Json&, Context& context) {
        context.ask({user_name(), greeting(), client_roots("client_roots")}, AnswerTrust::asked);
        return mcp::text_result("All three were answered.");
      });
  add(server, "test_input_required_result_multi_round", "Asks twice.",
      [](const Json&, Context& context) {
        context.ask({form("step1", "Step 1: What is your name?", kNameField)}, AnswerTrust::asked);
        context.ask({form("step2", "Step 2: What is your favorite color?",
                          R"({"color": {"type": "string"}})")},
                    AnswerTrust::asked);
        return mcp::text_result("Both steps were answered.");
      });
}

}  // namespace

void add_input_tools(mcp::Server& server) {
  add_questions(server);
  add_single_rounds(server);
  add_sealed_rounds(server);
}

}  // namespace fixture
