#include <functional>
#include <utility>

#include "tests/conformance/fixture.h"

namespace fixture {
namespace {

using mcp::Context;

OrderedJson user_message(OrderedJson content) {
  return {{"role", "user"}, {"content", std::move(content)}};
}

OrderedJson messages(OrderedJson list) {
  return OrderedJson{{"messages", std::move(list)}};
}

OrderedJson required_argument(std::string_view name) {
  return {{"name", name}, {"description", "Appears in the prompt."}, {"required", true}};
}

void add(mcp::Server& server, const std::string& name, const std::string& description,
         const std::vector<std::string>& arguments,
         std::function<OrderedJson(const Json& arguments, Context& context)> get) {
  auto definition = [name, description, arguments] {
    OrderedJson out = {{"name", name}, {"description", description}};
    for (const std::string& argument : arguments) {
      out["arguments"].push_back(required_argument(argument));
    }
    return out;
  };
  server.add(mcp::Prompt{name, std::move(definition), std::move(get)});
}

}  // namespace

void add_prompts(mcp::Server& server) {
  add(server, "test_simple_prompt", "A text.", {}, [](const Json&, Context&) {
    return messages(OrderedJson::array(
        {user_message(mcp::text_content("This is a simple prompt for testing."))}));
  });
  add(server, "test_prompt_with_arguments", "A text with two arguments.", {"arg1", "arg2"},
      [](const Json& arguments, Context&) {
        const std::string text = "Prompt with arguments: arg1='" + arguments.value("arg1", "") +
                                 "', arg2='" + arguments.value("arg2", "") + "'";
        return messages(OrderedJson::array({user_message(mcp::text_content(text))}));
      });
  add(server, "test_prompt_with_embedded_resource", "A resource and a text.", {"resourceUri"},
      [](const Json& arguments, Context&) {
        const auto uri = arguments.at("resourceUri").get<std::string>();
        return messages(OrderedJson::array(
            {user_message(
                 resource_content(uri, "text/plain", "Embedded resource content for testing.")),
             user_message(mcp::text_content("Please process the embedded resource above."))}));
      });
  add(server, "test_prompt_with_image", "An image and a text.", {}, [](const Json&, Context&) {
    return messages(
        OrderedJson::array({user_message(image_content()),
                            user_message(mcp::text_content("Please analyze the image above."))}));
  });
  add(server, "test_input_required_result_prompt", "Asks for its context.", {},
      [](const Json&, Context& context) {
        const Json answer = context
                                .ask({form("user_context", "What context should the prompt use?",
                                           R"({"context": {"type": "string"}})")},
                                     mcp::AnswerTrust::none)
                                .front();
        const Json content = answer.value("content", Json::object());
        return messages(OrderedJson::array(
            {user_message(mcp::text_content("Context: " + content.value("context", "none")))}));
      });
}

}  // namespace fixture
