#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/parse.h"
#include "tests/support/call_tool.h"
#include "tests/support/fake_context.h"
#include "tests/support/scripted_runner.h"
#include "tests/support/temporary_directory.h"
#include "tools/choose_service.h"
#include "tools/client_roots.h"
#include "tools/confirm_replace.h"
#include "tools/features.h"
#include "tools/tool_call.h"

namespace {

using test::FakeContext;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kCatalog =
    R"({"services": {"papi": {"imageGroup": "backend"}, "worker.mail": {"imageGroup": "backend"},
                     "lonely": {}},
        "imageGroups": {"backend": {"file": "apps/k.yaml", "imageName": "backend"}}})";

class ToolFeatures : public testing::Test {
 protected:
  ToolFeatures() {
    directory_.write(
        "config/envs.json",
        R"({"rwenvs": {"rdebug": {"fluxGitRepo": "https://ann:s3cret@git.example/f"}}})");
    directory_.write("config/flux-infra-guide/rdebug/services.json", kCatalog);
    directory_.write("my project/.claude/rwenv", "rdebug\n");
    context_.roots_ = std::vector<mcp::Root>{
        "https://example.com/", "file://" + (directory_.path() / "my%20project").string()};
  }

  mcp::ToolResult call(const std::string& name, const Json& arguments) {
    return test::call_tool(setup_, name, arguments, context_);
  }

  OrderedJson read(std::string_view uri) {
    const auto contents = tools::resources(setup_).read(uri, context_);
    if (!contents) {
      return nullptr;
    }
    EXPECT_EQ(contents->at(0).at("uri"), uri);
    return OrderedJson::parse(contents->at(0).at("text").get<std::string>());
  }

  test::TemporaryDirectory directory_;
  test::ScriptedRunner runner_;
  test::FakeClock clock_;
  FakeContext context_;
  tools::HostOrError setup_{
      engine::Host{.environment = engine::Environment(
                       {{"RWENV_CONFIG_DIR", (directory_.path() / "config").string()}}),
                   .working_directory = directory_.path(),
                   .executable = {},
                   .services_file = std::nullopt,
                   .runner = runner_,
                   .clock = clock_},
      std::nullopt};
};

TEST_F(ToolFeatures, DefinitionsAreCompleteAndShort) {
  for (const mcp::Tool& tool : tools::all_features(setup_).tools) {
    const OrderedJson definition = tool.definition();
    EXPECT_EQ(definition.at("name"), tool.name);
    EXPECT_LT(definition.at("description").get<std::string>().size(), 2048U) << tool.name;
    EXPECT_EQ(definition.at("inputSchema").at("type"), "object");
    EXPECT_EQ(definition.at("outputSchema").at("type"), "object");
    const bool only_reads = tool.name == "resolve_tag" || tool.name == "lookup_service" ||
                            tool.name == "rollout_history" || tool.name == "rollout_status" ||
                            tool.name == "list_rwenvs";
    const bool decides = tool.name == "set_rwenv";
    EXPECT_EQ(definition.at("annotations").at("readOnlyHint"), only_reads) << tool.name;
    EXPECT_EQ(definition.at("annotations").at("destructiveHint"),
              tool.name == "rollout" || tool.name == "rollback" || decides);
    const OrderedJson meta = definition.value("_meta", OrderedJson::object());
    EXPECT_EQ(meta.contains("anthropic/requiresUserInteraction"), decides) << tool.name;
    const bool rare = tool.name == "regenerate_services" || tool.name == "add_rwenv" ||
                      tool.name == "rollout_history";
    EXPECT_EQ(!meta.value("anthropic/alwaysLoad", true), rare) << tool.name;
  }
  EXPECT_LT(tools::instructions().size(), 2048U);
}

TEST_F(ToolFeatures, LookupFindsTheProjectByTheClientsFirstLocalRoot) {
  const mcp::ToolResult result = call("lookup_service", {{"service", "papi"}});
  ASSERT_FALSE(result.is_error) << result.content.dump();
  EXPECT_EQ(result.structured_content->at("file"), "apps/k.yaml");
  EXPECT_EQ(result.content.at(0).at("text"), result.structured_content->at("report"));
}

TEST_F(ToolFeatures, RefusalIsTextAndObject) {
  const mcp::ToolResult result = call("lookup_service", {{"service", "lonely"}});
  EXPECT_TRUE(result.is_error);
  EXPECT_EQ(result.structured_content->at("code"), "no_image_group");
  EXPECT_THAT(result.content.at(0).at("text").get<std::string>(),
              testing::StartsWith("No imageGroup configured for 'lonely'."));
}

TEST_F(ToolFeatures, SettingsThatMakeNoSenseRefuseWhatTheyAreFor) {
  setup_.problem = engine::Error{engine::Code::bad_config, "ROLLOUT_TIMEOUT_SECONDS: given x."};
  EXPECT_EQ(call("rollout", {{"service", "papi"}}).structured_content->at("code"), "bad_config");
  EXPECT_EQ(call("resolve_tag", Json::object()).structured_content->at("code"), "bad_config");
  EXPECT_FALSE(call("lookup_service", {{"service", "papi"}}).is_error);
  EXPECT_THAT(runner_.lines(), testing::IsEmpty());
}

TEST_F(ToolFeatures, RolloutOfNothingListsTheServices) {
  const mcp::ToolResult result = call("rollout", Json::object());
  EXPECT_TRUE(result.is_error);
  EXPECT_EQ(result.structured_content->at("code"), "bad_argument");
  EXPECT_EQ(result.structured_content->at("message"),
            "Argument service is missing; expected one of the services in the catalog: papi, "
            "worker.mail, lonely.");
  EXPECT_THAT(context_.asked_, testing::IsEmpty()) << "it cannot be asked";
}

TEST_F(ToolFeatures, RolloutOfNothingAsksWhereItCan) {
  context_.can_ask_ = true;
  context_.answer_ = {{"action", "cancel"}};
  const mcp::ToolResult cancelled = call("rollout", Json::object());
  ASSERT_EQ(context_.asked_.size(), 1U);
  EXPECT_EQ(json::dump(context_.asked_.front()
                           .params.at("requestedSchema")
                           .at("properties")
                           .at("service")
                           .at("enum")),
            R"(["papi","worker.mail","lonely"])");
  EXPECT_EQ(cancelled.structured_content->at("code"), "cancelled");

  context_.answer_ = {{"action", "decline"}};
  EXPECT_EQ(call("rollout", Json::object()).structured_content->at("code"), "bad_argument");
  for (const Json& content : {Json{{"service", "other"}}, Json{{"service", 1}}, Json::object()}) {
    context_.answer_ = {{"action", "accept"}, {"content", content}};
    EXPECT_EQ(call("rollout", Json::object()).structured_content->at("code"), "bad_argument");
  }
  context_.answer_ = {{"action", "accept"}, {"content", {{"service", "lonely"}}}};
  EXPECT_EQ(call("rollout", Json::object()).structured_content->at("code"), "not_a_repository");
}

TEST_F(ToolFeatures, AQuestionThatTheClientCannotAskIsARefusalThatListsTheServices) {
  context_.can_ask_ = true;
  const mcp::ToolResult result = call("rollout", Json::object());
  EXPECT_EQ(context_.asked_.size(), 1U);
  EXPECT_TRUE(result.is_error);
  EXPECT_EQ(result.structured_content->at("code"), "bad_argument");
  EXPECT_EQ(json::dump(result.structured_content->at("details").at("services")),
            R"(["papi","worker.mail","lonely"])");
}

TEST_F(ToolFeatures, OfALargeCatalogOnlyAPartIsTold) {
  std::string services;
  for (int i = 0; i < 1001; ++i) {
    services += (i == 0 ? "\"s" : ",\"s") + std::to_string(i) + "\":{}";
  }
  directory_.write("config/flux-infra-guide/rdebug/services.json",
                   "{\"services\":{" + services + "}}");
  const OrderedJson details = call("rollout", Json::object()).structured_content->at("details");
  EXPECT_EQ(details.at("services").size(), 100U);
  EXPECT_EQ(details.at("serviceCount"), 1001);

  context_.can_ask_ = true;
  context_.answer_ = {{"action", "accept"}, {"content", {{"service", "s1000"}}}};
  EXPECT_EQ(call("rollout", Json::object()).structured_content->at("code"), "not_a_repository");
  const OrderedJson question =
      context_.asked_.at(0).params.at("requestedSchema").at("properties").at("service");
  EXPECT_EQ(question.at("type"), "string");
  EXPECT_FALSE(question.contains("enum"));
  EXPECT_THAT(question.at("description").get<std::string>(), HasSubstr("one of the 1001 services"));
  EXPECT_EQ(read("rollout://services").at("services").size(), 1001U);
}

TEST_F(ToolFeatures, NamesThatCannotBeShownAreNotOffered) {
  directory_.write(
      "config/flux-infra-guide/rdebug/services.json",
      R"({"services": {"papi": {}, "pa\u001b[31mpi": {}, "pa\u202epi": {}, "größe": {}}})");
  EXPECT_THAT(tools::completer(setup_)({{"type", "ref/prompt"}, {"name", "rollout"}}, "service", "",
                                       Json::object(), context_)
                  ->values,
              ElementsAre("papi", "größe"));
  context_.can_ask_ = true;
  call("rollout", Json::object());
  const OrderedJson choice =
      context_.asked_.at(0).params.at("requestedSchema").at("properties").at("service");
  EXPECT_EQ(json::dump(choice.at("enum")), R"(["papi","größe"])");
  EXPECT_EQ(choice.at("enumNames").size(), 2U);
}

TEST_F(ToolFeatures, RwenvHasNoSecrets) {
  const OrderedJson rwenv = read("rollout://rwenv");
  EXPECT_EQ(rwenv.at("rwenv"), "rdebug");
  EXPECT_EQ(rwenv.at("fluxRepo"), "https://git.example/f");
  EXPECT_EQ(rwenv.at("fluxGitRepoType"), "github");
  EXPECT_EQ(rwenv.at("fluxWrite"), "push");
  EXPECT_FALSE(rwenv.contains("fluxForge"));
  EXPECT_EQ(rwenv.at("readOnly"), false);
  EXPECT_EQ(rwenv.at("confirmReplace"), false);
  EXPECT_FALSE(rwenv.contains("fluxGitBranch"));
  EXPECT_THAT(json::dump(rwenv), testing::Not(HasSubstr("s3cret")));
}

TEST_F(ToolFeatures, AReadOnlyRwenvIsSaidToBeOne) {
  directory_.write(
      "config/envs.json",
      R"({"rwenvs": {"rdebug": {"fluxGitRepo": "https://git.example/f", "readOnly": true}}})");
  EXPECT_EQ(read("rollout://rwenv").at("readOnly"), true);
}

TEST_F(ToolFeatures, RwenvHasItsBranch) {
  directory_.write("config/envs.json",
                   R"({"rwenvs": {"rdebug": {"fluxGitRepo": "https://git.example/f",
                                             "fluxGitBranch": "staging", "confirmReplace": true,
                                             "fluxWrite": "pull-request",
                                             "fluxForge": "gitlab"}}})");
  const OrderedJson rwenv = read("rollout://rwenv");
  EXPECT_EQ(rwenv.at("fluxGitBranch"), "staging");
  EXPECT_EQ(rwenv.at("fluxWrite"), "pull-request");
  EXPECT_EQ(rwenv.at("fluxForge"), "gitlab");
  EXPECT_EQ(rwenv.at("confirmReplace"), true);
}

TEST_F(ToolFeatures, ServicesAndEachOfThemAreResources) {
  const OrderedJson services = read("rollout://services");
  EXPECT_EQ(json::dump(services.at("services")),
            R"([{"service":"papi","imageGroup":"backend"},)"
            R"({"service":"worker.mail","imageGroup":"backend"},{"service":"lonely"}])");
  EXPECT_EQ(read("rollout://services/worker.mail").at("imageGroup"), "backend");
  EXPECT_EQ(read("rollout://services/%70api").at("service"), "papi");
  for (const char* uri :
       {"rollout://services/", "rollout://services/none", "rollout://services/%zz",
        "rollout://other", "rollout://rwenv/", "file:///etc/passwd"}) {
    EXPECT_EQ(read(uri), nullptr) << uri;
  }
}

TEST_F(ToolFeatures, WithoutAnRwenvResourcesSaySo) {
  context_.roots_ = std::vector<mcp::Root>{"file://" + (directory_.path() / "config").string()};
  EXPECT_EQ(read("rollout://rwenv").at("code"), "no_rwenv");
  EXPECT_EQ(read("rollout://services").at("code"), "no_rwenv");
}

TEST_F(ToolFeatures, CompletionKnowsPromptAndTemplate) {
  const auto complete = [&](const Json& ref, const char* argument, const char* value) {
    return tools::completer(setup_)(ref, argument, value, Json::object(), context_);
  };
  const Json prompt = {{"type", "ref/prompt"}, {"name", "rollout"}};
  const Json resource = {{"type", "ref/resource"}, {"uri", "rollout://services/{service}"}};
  EXPECT_THAT(complete(prompt, "service", "")->values,
              ElementsAre("papi", "worker.mail", "lonely"));
  EXPECT_THAT(complete(resource, "service", "w")->values, ElementsAre("worker.mail"));
  EXPECT_THAT(complete(prompt, "dryRun", "t")->values, ElementsAre("true"));
  EXPECT_THAT(complete(prompt, "other", "")->values, ElementsAre());
  const Json rollback = {{"type", "ref/prompt"}, {"name", "rollback"}};
  EXPECT_THAT(complete(rollback, "service", "work")->values, ElementsAre("worker.mail"));
  EXPECT_THAT(complete(rollback, "dryRun", "t")->values, ElementsAre())
      << "it has no such argument";
  EXPECT_THAT(complete(rollback, "to", "")->values, ElementsAre()) << "no service is named";
  EXPECT_EQ(complete({{"type", "ref/prompt"}, {"name", "other"}}, "service", ""), std::nullopt);
  EXPECT_EQ(complete({{"type", "ref/resource"}, {"uri", "rollout://rwenv"}}, "service", ""),
            std::nullopt);
  EXPECT_EQ(complete({{"type", 5}}, "service", ""), std::nullopt);
}

TEST_F(ToolFeatures, AChangedCatalogIsSeenAtOnceAndByAll) {
  const auto complete = [&] {
    return tools::completer(setup_)({{"type", "ref/prompt"}, {"name", "rollout"}}, "service", "",
                                    Json::object(), context_)
        ->values;
  };
  EXPECT_THAT(complete(), testing::Contains("papi"));
  directory_.write("config/flux-infra-guide/rdebug/services.json",
                   R"({"services": {"renamed": {"imageGroup": "backend"}},
                       "imageGroups": {"backend": {"file": "k.yaml", "imageName": "backend"}}})");
  EXPECT_THAT(complete(), ElementsAre("renamed"));
  EXPECT_EQ(json::dump(read("rollout://services").at("services")),
            R"([{"service":"renamed","imageGroup":"backend"}])");
  EXPECT_EQ(read("rollout://services/papi"), nullptr);
  EXPECT_EQ(call("lookup_service", {{"service", "papi"}}).structured_content->at("code"),
            "unknown_service");
}

TEST_F(ToolFeatures, TheListOfServicesFollowsTheCatalogThatItWasMadeOf) {
  const mcp::ResourceProvider provider = tools::resources(setup_);
  const auto listed = [&] {
    return provider.read("rollout://services", context_)
        .value()
        .at(0)
        .at("text")
        .get<std::string>();
  };
  EXPECT_THAT(listed(), HasSubstr("papi"));
  directory_.write("config/flux-infra-guide/rdebug/services.json",
                   R"({"services": {"renamed": {"imageGroup": "backend"}},
                       "imageGroups": {"backend": {"file": "k.yaml", "imageName": "backend"}}})");
  EXPECT_THAT(listed(), HasSubstr(R"("services":[{"service":"renamed","imageGroup":"backend"}])"));
}

TEST(Matching, PrefixThenPartThenLettersInOrder) {
  EXPECT_THAT(tools::matching({"pool-api", "api-pool", "papi", "portal", "Api"}, "api").values,
              ElementsAre("api-pool", "Api", "pool-api", "papi"));
  EXPECT_THAT(tools::matching({"worker.mail", "web"}, "WM").values, ElementsAre("worker.mail"));
  EXPECT_THAT(tools::matching({"web"}, "x").values, ElementsAre());
}

TEST(Matching, LeavesOutWhatIsWithheld) {
  const mcp::Completions found = tools::matching({"api-1", "web", "api-2", "api-3"}, "api", {0, 3});
  EXPECT_THAT(found.values, ElementsAre("api-2"));
  EXPECT_EQ(found.total, 1U);
}

TEST(Matching, CountsAllAndCopiesNoMoreThanAClientIsGiven) {
  std::vector<std::string> names;
  for (int i = 0; i < 70; ++i) {
    names.push_back("an-api-" + std::to_string(i));
    names.push_back("api-" + std::to_string(i));
  }
  const mcp::Completions found = tools::matching(names, "api");
  EXPECT_EQ(found.total, 140U);
  ASSERT_EQ(found.values.size(), mcp::kMaxCompletions);
  EXPECT_EQ(found.values.at(69), "api-69");
  EXPECT_EQ(found.values.at(70), "an-api-0");
  EXPECT_EQ(found.values.back(), "an-api-29");
}

std::string prompt_text(const Json& arguments) {
  FakeContext context;
  const OrderedJson result = tools::rollout_prompt().get(arguments, context);
  return result.at("messages").at(0).at("content").at("text").get<std::string>();
}

TEST(RolloutPrompt, NamesTheCall) {
  EXPECT_THAT(prompt_text({{"service", "papi"}}), HasSubstr(R"({"service":"papi"})"));
  EXPECT_THAT(prompt_text({{"service", "papi"}, {"dryRun", "true"}}),
              HasSubstr(R"({"service":"papi","dryRun":true})"));
  EXPECT_THAT(prompt_text({{"service", "a\"}\nb"}}), HasSubstr(R"({"service":"a\"} b"})"));
}

TEST(RollbackPrompt, NamesTheCall) {
  FakeContext context;
  const auto text = [&](const Json& arguments) {
    const OrderedJson result = tools::rollback_prompt().get(arguments, context);
    return result.at("messages").at(0).at("content").at("text").get<std::string>();
  };
  EXPECT_THAT(text({{"service", "papi"}}),
              HasSubstr(R"(`rollback` with the arguments {"service":"papi"}.)"));
  EXPECT_THAT(text(Json::object()), HasSubstr("ask me which one"));
}

TEST(RolloutPrompt, DryRunUnlessClearlyNot) {
  for (const char* no : {"", "false", "No", "0", "off"}) {
    EXPECT_THAT(prompt_text({{"dryRun", no}}), testing::Not(HasSubstr("dryRun"))) << no;
  }
  for (const char* yes : {"true", "yes", "1", "please"}) {
    EXPECT_THAT(prompt_text({{"dryRun", yes}}), HasSubstr("\"dryRun\":true")) << yes;
  }
}

TEST(ClientRoots, ARootIsAPathOfThisMachineInAnySpelling) {
  for (const char* root :
       {"file:///home/ann/my%20project", "file://localhost/home/ann/my%20project",
        "file:/home/ann/my%20project", "FILE:///home/ann/my%20project",
        "File://LocalHost/home/ann/my project", "file:////home//ann/my%20project/",
        "file:///home/ann/my%20project?x#y", "/home/ann/my project", "/home/ann/my project/"}) {
    EXPECT_EQ(tools::path_of_root(root), "/home/ann/my project") << root;
  }
  EXPECT_EQ(tools::path_of_root("file:///gr%C3%B6%c3%9fe"), "/größe");
  EXPECT_EQ(tools::path_of_root("file:///"), "/");
  EXPECT_EQ(tools::path_of_root("/100%25"), "/100%25");
  for (const char* root :
       {"", "file:", "file://", "file:srv", "file://other.host/srv", "file://localhostile/x",
        "files:///srv", "srv", "~/srv", "https://a/b", "file:///a%2", "file:///a%zz",
        "file:///a%00b", "file:///a%0Ab", "/a\nb"}) {
    EXPECT_EQ(tools::path_of_root(root), std::nullopt) << root;
  }
}

TEST_F(ToolFeatures, ARootThatIsNoPathIsSaidAndTheNextOneIsTaken) {
  engine::ProjectRequest request;
  ASSERT_TRUE(tools::settle_project(setup_.host, request, context_));
  EXPECT_EQ(request.place->directory, directory_.path() / "my project");
  EXPECT_THAT(request.place->warnings,
              ElementsAre("The client's root 'https://example.com/' was not used: expected a "
                          "file: URI or an absolute path of this machine."));
  EXPECT_EQ(context_.roots_asked_, 1);
}

TEST_F(ToolFeatures, EachRootThatIsNoneIsSaidWhereverItStands) {
  context_.roots_->insert(context_.roots_->begin(), tl::unexpected<std::string>("5"));
  context_.roots_->push_back("relative");
  engine::ProjectRequest request;
  ASSERT_TRUE(tools::settle_project(setup_.host, request, context_));
  EXPECT_EQ(request.place->directory, directory_.path() / "my project");
  EXPECT_THAT(request.place->warnings,
              ElementsAre(testing::StartsWith("The client's root (5) was not used: expected"),
                          testing::StartsWith("The client's root 'https://example.com/' was not"),
                          testing::StartsWith("The client's root 'relative' was not used")));
}

TEST_F(ToolFeatures, OfManyRootsThatAreNoneAFewAreSaid) {
  context_.roots_->insert(context_.roots_->begin(), 40, mcp::Root("relative"));
  engine::ProjectRequest request;
  ASSERT_TRUE(tools::settle_project(setup_.host, request, context_));
  EXPECT_EQ(request.place->directory, directory_.path() / "my project");
  EXPECT_EQ(request.place->warnings.size(), 6U);
  EXPECT_EQ(request.place->warnings.back(), "36 more of the client's roots were not used either.");
}

TEST_F(ToolFeatures, AllOfOneCallIsAboutOneProject) {
  EXPECT_FALSE(call("rollout", {{"service", "lonely"}}).content.empty());
  EXPECT_EQ(context_.roots_asked_, 1);
}

// The client's root is a project of rwenv rdebug, and the call is for one of rwenv prod.
class OtherRwenv : public ToolFeatures {
 protected:
  OtherRwenv() {
    directory_.write("config/envs.json",
                     R"({"rwenvs": {"rdebug": {"fluxGitRepo": "https://git.example/f"},
                                    "prod": {"fluxGitRepo": "https://git.example/p"}}})");
    directory_.write("config/flux-infra-guide/prod/services.json", kCatalog);
    directory_.write("other/.claude/rwenv", "prod\n");
  }

  OrderedJson rollout(bool dry_run = false) {
    const mcp::ToolResult result =
        call("rollout", {{"service", "papi"},
                         {"projectDir", (directory_.path() / "other").string()},
                         {"dryRun", dry_run}});
    EXPECT_TRUE(result.is_error);
    return result.structured_content.value_or(nullptr);
  }
};

TEST_F(OtherRwenv, OfAClientThatCannotAskIsRefused) {
  const OrderedJson refusal = rollout();
  EXPECT_EQ(refusal["code"], "other_rwenv");
  EXPECT_THAT(refusal["hint"].get<std::string>(),
              testing::StartsWith("Nothing was changed. Start a session in that project"));
  EXPECT_THAT(context_.asked_, testing::IsEmpty());
  EXPECT_THAT(runner_.lines(), testing::IsEmpty());
}

TEST_F(OtherRwenv, NeedsTheUsersConsent) {
  context_.can_ask_ = true;
  EXPECT_EQ(rollout()["code"], "other_rwenv") << "nobody answers";
  ASSERT_EQ(context_.asked_.size(), 1U);
  EXPECT_THAT(context_.asked_.front().params.at("message").get<std::string>(),
              HasSubstr("Roll out to 'prod'?"));
  EXPECT_EQ(context_.trust_, mcp::AnswerTrust::asked);
  EXPECT_THAT(context_.bound_to_, HasSubstr("https://git.example/p"));
  for (const Json& answer : {Json{{"action", "decline"}}, Json{{"action", "accept"}},
                             Json{{"action", "accept"}, {"content", {{"confirm", false}}}},
                             Json{{"action", "decline"}, {"content", {{"confirm", true}}}}}) {
    context_.answer_ = answer;
    const OrderedJson refusal = rollout();
    EXPECT_EQ(refusal["code"], "other_rwenv") << answer;
    EXPECT_THAT(refusal["hint"].get<std::string>(), HasSubstr("did not agree")) << answer;
  }
  EXPECT_THAT(runner_.lines(), testing::IsEmpty());
  context_.answer_ = {{"action", "accept"}, {"content", {{"confirm", true}}}};
  EXPECT_EQ(rollout()["code"], "not_a_repository") << "what the engine looks at next";
}

TEST_F(OtherRwenv, IsNoMatterToADryRun) {
  context_.can_ask_ = true;
  EXPECT_EQ(rollout(true)["code"], "not_a_repository");
  EXPECT_THAT(context_.asked_, testing::IsEmpty());
}

// A question of the engine, as the client gets it.
class ConfirmReplace : public ToolFeatures {
 protected:
  engine::Consent ask(const std::string& tag = "pr-41-0f0e0d0",
                      const std::string& by = "pr-42-a1b2c3d") {
    engine::ReplaceQuestion question{.replaced = {.tag = tag, .of_another = tag + ", by Alice"},
                                     .tag = by,
                                     .target = "backend",
                                     .file = "apps/k.yaml",
                                     .project = directory_.path() / "my project",
                                     .config_directory = directory_.path() / "config",
                                     .rwenv = "rdebug"};
    return tools::confirm_replace(context_)(question);
  }
  std::string key() const { return context_.asked_.at(0).key; }
};

TEST_F(ConfirmReplace, AsksWhoseImageIsReplaced) {
  context_.can_ask_ = true;
  context_.answer_ = {{"action", "accept"}, {"content", {{"confirm", true}}}};
  EXPECT_EQ(ask(), engine::Consent::given);
  EXPECT_EQ(context_.asked_.at(0).params.at("message"),
            "backend in 'rdebug' is at pr-41-0f0e0d0, by Alice. Replace it with pr-42-a1b2c3d?");
  EXPECT_EQ(context_.trust_, mcp::AnswerTrust::asked);
  EXPECT_THAT(context_.bound_to_, HasSubstr("git.example"));
}

TEST_F(ConfirmReplace, AnythingButAYesIsANo) {
  context_.can_ask_ = true;
  for (const Json& answer : {Json{{"action", "decline"}}, Json{{"action", "cancel"}},
                             Json{{"action", "accept"}, {"content", {{"confirm", false}}}}}) {
    context_.answer_ = answer;
    EXPECT_EQ(ask(), engine::Consent::declined) << answer;
  }
}

TEST_F(ConfirmReplace, NobodyIsThereToBeAsked) {
  EXPECT_EQ(ask(), engine::Consent::nobody_to_ask);
  EXPECT_THAT(context_.asked_, testing::IsEmpty());
  context_.can_ask_ = true;
  EXPECT_EQ(ask(), engine::Consent::nobody_to_ask) << "and does not answer";
}

// By its key an answer belongs to one question, whichever is asked when the call is made again.
TEST_F(ConfirmReplace, AnAnswerIsToOneImage) {
  context_.can_ask_ = true;
  ask("pr-41-0f0e0d0");
  const std::string one = key();
  ask("pr-43-0f0e0d0");
  EXPECT_NE(key(), one);
  ask("pr-41-0f0e0d0", "pr-43-a1b2c3d");
  EXPECT_NE(key(), one) << "HEAD has moved";
  ask("pr-41-0f0e0d0");
  EXPECT_EQ(key(), one);
}

TEST(CallOfAContext, StopsWhenTheClientCancels) {
  FakeContext context;
  const engine::CallContext call = tools::call_context(context);
  EXPECT_FALSE(call.stop.stop_requested());
  context.stop_.request_stop();
  EXPECT_TRUE(call.stop.stop_requested());
}

TEST(Progress, GrowsWithEachStep) {
  FakeContext context;
  const engine::CallContext call = tools::call_context(context);
  call.report("reading");
  call.report("fetching\x1b[31m");
  EXPECT_THAT(context.progress_, ElementsAre(testing::Pair(1.0, "reading"),
                                             testing::Pair(2.0, testing::StartsWith("fetching"))));
}

}  // namespace
