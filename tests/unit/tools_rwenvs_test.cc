#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/config/rwenv_name.h"
#include "json/parse.h"
#include "tests/support/call_tool.h"
#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"
#include "tests/support/fake_context.h"
#include "tools/add_rwenv.h"
#include "tools/choose_rwenv.h"
#include "tools/features.h"
#include "tools/render_rwenvs.h"

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

constexpr const char* kEnvs =
    R"({"rwenvs": {"dev": {"type": "k3s", "description": "Débug cluster",
                           "fluxGitRepo": "https://ann:s3cret@git.example/f"},
                   "live": {"readOnly": true, "kubernetesContext": "live-1"},
                   "typo": {"readonly": true}}})";

class Rwenvs : public testing::Test {
 protected:
  Rwenvs() { sandbox_.directory.write("home/.claude/rwenv/envs.json", kEnvs); }

  mcp::ToolResult call(const std::string& name, const Json& arguments) {
    return test::call_tool(setup_, name, arguments, context_);
  }
  OrderedJson result(const std::string& name, const Json& arguments = Json::object()) {
    return *call(name, arguments).structured_content;
  }
  void answer(const Json& content) {
    context_.can_ask_ = true;
    context_.answer_ = {{"action", "accept"}, {"content", content}};
  }
  void answer_by(const char* action) {
    context_.can_ask_ = true;
    context_.answer_ = {{"action", action}};
  }
  OrderedJson fields_asked() const {
    return context_.asked_.at(0).params.at("requestedSchema").at("properties");
  }
  fs::path name_file() const { return sandbox_.project() / ".claude/rwenv"; }

  test::EngineHost sandbox_;
  test::FakeContext context_;
  tools::HostOrError setup_{sandbox_.host(), std::nullopt};
};

TEST_F(Rwenvs, AreListedInATable) {
  sandbox_.directory.write("project/.claude/rwenv", "live\n");
  const OrderedJson listed = result("list_rwenvs");
  EXPECT_EQ(listed.at("active"), "live");
  EXPECT_EQ(listed.at("rwenvs").size(), 3U);
  EXPECT_EQ(json::dump(listed.at("rwenvs").at(0)),
            R"({"name":"dev","type":"k3s","description":"Débug cluster","readOnly":false,)"
            R"("fluxRepo":"https://git.example/f","active":false})");
  EXPECT_THAT(listed.at("rwenvs").at(2).at("problem").get<std::string>(), HasSubstr("`readOnly`"));
  const auto report = listed.at("report").get<std::string>();
  EXPECT_THAT(report, testing::StartsWith("Environments:\n"
                                          "\n"
                                          "  NAME  TYPE  DESCRIPTION    READ-ONLY\n"
                                          "  dev   k3s   Débug cluster  No\n"
                                          "* live                       Yes\n"
                                          "  typo                       ?\n"
                                          "\n"
                                          "* = active for " +
                                          sandbox_.project().string() + "\n\n⚠ typo: "));
  EXPECT_THAT(json::dump(listed), testing::Not(HasSubstr("s3cret")));
}

TEST_F(Rwenvs, OfAProjectThatIsSetToNoneOrToAnotherAreListedToo) {
  EXPECT_THAT(result("list_rwenvs").at("report").get<std::string>(),
              HasSubstr("No rwenv is set for " + sandbox_.project().string() +
                        ". Set one with `/rwenv-set` (the tool `set_rwenv`)."));
  sandbox_.directory.write("project/.claude/rwenv", "gone\n");
  const OrderedJson listed = result("list_rwenvs");
  EXPECT_EQ(listed.at("active"), "gone");
  EXPECT_THAT(listed.at("report").get<std::string>(),
              HasSubstr("is set to rwenv 'gone', which is"));
  sandbox_.directory.write("project/.claude/rwenv", "no name\n");
  EXPECT_THAT(result("list_rwenvs").at("report").get<std::string>(),
              HasSubstr("expected the name of an rwenv"));
  fs::remove(sandbox_.config() / "envs.json");
  EXPECT_THAT(result("list_rwenvs").at("report").get<std::string>(),
              HasSubstr("Add one with `/rwenv-add` (the tool `add_rwenv`)."));
}

TEST_F(Rwenvs, ASettingSaysOldAndNew) {
  EXPECT_THAT(result("set_rwenv", {{"name", "dev"}}).at("report").get<std::string>(),
              testing::StartsWith("✓ rwenv: (none) → dev\n"));
  const OrderedJson set = result("set_rwenv", {{"name", "live"}});
  EXPECT_EQ(set.at("previous"), "dev");
  EXPECT_EQ(set.at("readOnly"), true);
  EXPECT_THAT(set.at("report").get<std::string>(), testing::StartsWith("✓ rwenv: dev → live\n"));
  EXPECT_THAT(result("set_rwenv", {{"name", "live"}}).at("report").get<std::string>(),
              testing::StartsWith("✓ rwenv is already live\n"));
  EXPECT_EQ(test::read_bytes(name_file()), "live\n");
  EXPECT_THAT(context_.asked_, testing::IsEmpty());
}

TEST_F(Rwenvs, ASettingReplacesWhatIsNoName) {
  sandbox_.directory.write("project/.claude/rwenv", "no name\n");
  const OrderedJson set = result("set_rwenv", {{"name", "dev"}});
  EXPECT_EQ(set.at("rwenv"), "dev") << set;
  EXPECT_FALSE(set.contains("previous"));
  EXPECT_EQ(test::read_bytes(name_file()), "dev\n");
}

TEST_F(Rwenvs, WhereAllAreWrittenWronglyNobodyIsAsked) {
  sandbox_.directory.write("home/.claude/rwenv/envs.json", R"({"rwenvs": {"a": {"readonly": 1}}})");
  answer({{"name", "a"}});
  EXPECT_EQ(result("set_rwenv").at("code"), "bad_argument");
  EXPECT_EQ(result("rollout", {{"service", "papi"}}).at("code"), "not_a_repository");
  EXPECT_THAT(context_.asked_, testing::IsEmpty());
}

TEST_F(Rwenvs, OneThatIsNotThereOrIsWrittenWronglyIsNotSet) {
  for (const auto& [name, code] : {std::pair("deff", "unknown_rwenv"), {"typo", "bad_config"}}) {
    EXPECT_EQ(result("set_rwenv", {{"name", name}}).at("code"), code);
  }
  EXPECT_FALSE(fs::exists(name_file()));
}

TEST_F(Rwenvs, ASettingWithoutANameAsksWhich) {
  EXPECT_EQ(result("set_rwenv").at("code"), "bad_argument") << "it cannot be asked";
  answer({{"name", "live"}});
  EXPECT_EQ(result("set_rwenv").at("rwenv"), "live");
  EXPECT_EQ(json::dump(fields_asked().at("name").at("enum")), R"(["dev","live"])");
  EXPECT_EQ(json::dump(fields_asked().at("name").at("enumNames")),
            R"x(["dev (Débug cluster)","live (READ-ONLY)"])x");
  EXPECT_EQ(context_.trust_, mcp::AnswerTrust::asked);
}

TEST_F(Rwenvs, AnythingButAChoiceSetsNothing) {
  answer_by("decline");
  EXPECT_EQ(result("set_rwenv").at("code"), "bad_argument");
  answer_by("cancel");
  EXPECT_EQ(result("set_rwenv").at("code"), "cancelled");
  for (const char* name : {"gone", "typo", ""}) {
    answer({{"name", name}});
    EXPECT_EQ(result("set_rwenv").at("code"), "bad_argument") << name;
  }
  context_.answer_ = nullptr;
  EXPECT_EQ(result("set_rwenv").at("code"), "bad_argument") << "the client failed to ask";
  EXPECT_FALSE(fs::exists(name_file()));
}

TEST_F(Rwenvs, AnAdditionAsksForWhatIsMissing) {
  EXPECT_EQ(result("add_rwenv", {{"name", "new"}}).at("message"),
            "Argument fluxGitRepo is missing; expected the address of its Flux repository.");
  EXPECT_EQ(result("add_rwenv").at("message"),
            "Argument name is missing; expected the name of the new rwenv.");
  answer({{"name", " new "}, {"fluxGitRepo", "/srv/flux.git"}, {"description", " "}});
  context_.can_ask_ = true;
  const auto before = test::read_bytes(sandbox_.config() / "envs.json");
  engine::NewRwenv rwenv;
  EXPECT_TRUE(test::ok(tools::read_rwenv_form(context_.answer_, rwenv)));
  EXPECT_EQ(rwenv.name, "new");
  EXPECT_EQ(rwenv.fields.size(), 1U) << "an empty field is none";
  const OrderedJson form = tools::rwenv_form({}).at("requestedSchema");
  EXPECT_EQ(json::dump(form.at("required")), R"(["name","fluxGitRepo"])");
  EXPECT_EQ(json::dump(form.at("properties").at("fluxGitRepoType").at("enum")),
            R"(["github","gitea"])");
  EXPECT_EQ(
      tools::rwenv_form(
          {.name = "new", .fields = {{engine::RwenvField::description, "x"}}, .read_only = true})
          .at("requestedSchema")
          .at("properties")
          .size(),
      3U);
  EXPECT_EQ(test::read_bytes(sandbox_.config() / "envs.json"), before);
}

TEST_F(Rwenvs, AnAdditionThatIsNotAnsweredAddsNothing) {
  for (const auto& [action, code] :
       {std::pair("decline", "bad_argument"), {"cancel", "cancelled"}}) {
    answer_by(action);
    EXPECT_EQ(result("add_rwenv").at("code"), code);
  }
  answer({{"name", "dev"}, {"fluxGitRepo", "/srv/flux.git"}});
  EXPECT_EQ(result("add_rwenv").at("code"), "rwenv_exists");
  answer({{"name", "new"}, {"fluxGitRepo", "ext::sh -c x"}});
  EXPECT_EQ(result("add_rwenv").at("code"), "bad_argument");
  EXPECT_EQ(test::read_bytes(sandbox_.config() / "envs.json"), kEnvs);
}

TEST_F(Rwenvs, ARolloutOfAProjectThatIsSetToNoneAsksWhich) {
  answer_by("decline");
  const OrderedJson refused = result("rollout", {{"service", "papi"}});
  EXPECT_EQ(refused.at("code"), "no_rwenv");
  EXPECT_EQ(refused.at("message"), "No rwenv set. Use `/rwenv-set` first.");
  EXPECT_THAT(refused.at("hint").get<std::string>(),
              testing::StartsWith("No rwenv was chosen: the question was declined. Set one "));
  EXPECT_FALSE(fs::exists(name_file()));

  answer({{"name", "dev"}});
  const OrderedJson chosen = result("rollout", {{"service", "papi"}});
  EXPECT_EQ(chosen.at("code"), "not_a_repository");
  EXPECT_THAT(chosen.at("hint").get<std::string>(),
              HasSubstr("The project is set to rwenv 'dev' now, in " + name_file().string()));
  EXPECT_EQ(test::read_bytes(name_file()), "dev\n");
  EXPECT_EQ(context_.asked_.at(0).key, "set_rwenv");
}

TEST_F(Rwenvs, ADryRunAndAProjectThatIsSetAreNotAsked) {
  answer({{"name", "dev"}});
  EXPECT_EQ(result("rollout", {{"service", "papi"}, {"dryRun", true}}).at("code"),
            "not_a_repository");
  EXPECT_EQ(result("regenerate_services", {{"dryRun", true}}).at("code"), "no_rwenv");
  EXPECT_FALSE(fs::exists(name_file()));
  sandbox_.directory.write("project/.claude/rwenv", "live\n");
  result("rollout", {{"service", "papi"}});
  EXPECT_THAT(context_.asked_, testing::IsEmpty());
  EXPECT_EQ(test::read_bytes(name_file()), "live\n");
}

TEST_F(Rwenvs, BothQuestionsOfACallAreBoundToTheSame) {
  sandbox_.directory.write("home/.claude/rwenv/flux-infra-guide/dev/services.json",
                           R"({"services": {"papi": {}}})");
  std::vector<std::string> bound;
  context_.on_ask_ = [&](const std::vector<mcp::InputRequest>& requests) {
    bound.push_back(context_.bound_to_);
    answer(requests.at(0).key == "service" ? Json{{"service", "papi"}} : Json{{"name", "dev"}});
  };
  answer(Json::object());
  result("rollout");
  ASSERT_EQ(bound.size(), 2U);
  EXPECT_EQ(bound[0], bound[1]);
}

}  // namespace
