#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/result.h"
#include "json/parse.h"
#include "tests/support/temporary_directory.h"
#include "tools/add_rwenv.h"
#include "tools/list_rwenvs.h"
#include "tools/lookup_service.h"
#include "tools/regenerate_services.h"
#include "tools/resolve_tag.h"
#include "tools/rollback.h"
#include "tools/rollout.h"
#include "tools/rollout_history.h"
#include "tools/rollout_status.h"
#include "tools/set_rwenv.h"

namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::optional<engine::Error> problem_of(const std::string& tool, const Json& arguments) {
  const auto error_of = [](auto result) {
    return result ? std::nullopt : std::optional<engine::Error>(result.error());
  };
  if (tool == "resolve_tag") {
    return error_of(tools::read_resolve_tag(arguments));
  }
  if (tool == "lookup_service") {
    return error_of(tools::read_lookup_service(arguments));
  }
  if (tool == "rollback") {
    return error_of(tools::read_rollback(arguments));
  }
  if (tool == "rollout_history") {
    return error_of(tools::read_rollout_history(arguments));
  }
  if (tool == "rollout_status") {
    return error_of(tools::read_rollout_status(arguments));
  }
  if (tool == "regenerate_services") {
    return error_of(tools::read_regenerate_services(arguments));
  }
  if (tool == "list_rwenvs") {
    return error_of(tools::read_list_rwenvs(arguments));
  }
  if (tool == "set_rwenv") {
    return error_of(tools::read_set_rwenv(arguments));
  }
  if (tool == "add_rwenv") {
    return error_of(tools::read_add_rwenv(arguments));
  }
  return error_of(tools::read_rollout(arguments));
}

struct Sample {
  std::string tool;
  bool valid = false;
  fs::path file;
};

std::vector<Sample> samples() {
  std::vector<Sample> out;
  for (const char* tool :
       {"resolve_tag", "lookup_service", "rollout", "rollback", "rollout_history", "rollout_status",
        "regenerate_services", "list_rwenvs", "set_rwenv", "add_rwenv"}) {
    for (const bool valid : {true, false}) {
      const fs::path directory =
          fs::path(TEST_DATA) / "tools" / tool / (valid ? "valid" : "invalid");
      for (const auto& entry : fs::directory_iterator(directory)) {
        out.push_back({tool, valid, entry.path()});
      }
    }
  }
  return out;
}

// tests/contract has the schemas judge the same samples.
TEST(ToolArguments, SamplesAreJudgedAsTheSchemasDo) {
  ASSERT_GT(samples().size(), 80U);
  for (const Sample& sample : samples()) {
    SCOPED_TRACE(sample.file.string());
    const auto arguments = json::parse(test::read_bytes(sample.file));
    ASSERT_TRUE(arguments.has_value());
    const auto problem = problem_of(sample.tool, *arguments);
    EXPECT_EQ(!problem, sample.valid) << (problem ? problem->message : "accepted");
    if (problem) {
      EXPECT_EQ(problem->code, engine::Code::bad_argument);
      EXPECT_THAT(problem->message, HasSubstr("expected"));
    }
  }
}

std::string message_of(const std::string& tool, const Json& arguments) {
  const auto problem = problem_of(tool, arguments);
  return problem ? problem->message : "accepted";
}

TEST(ToolArguments, MessageNamesArgumentGivenAndAccepted) {
  EXPECT_EQ(message_of("rollout", {{"prNumber", "42"}}),
            "Argument prNumber: given \"42\", expected an integer from 1 to 9007199254740991.");
  EXPECT_EQ(message_of("rollout", {{"dryRun", "yes"}}),
            "Argument dryRun: given \"yes\", expected true or false.");
  EXPECT_EQ(message_of("rollout", {{"tag", "pr-42-a1b2c3d4"}}),
            "Argument tag: given \"pr-42-a1b2c3d4\", expected pr-<PR number>-<exactly 7 "
            "lower-case hexadecimal digits>, as in \"pr-42-a1b2c3d\".");
  EXPECT_EQ(message_of("resolve_tag", {{"projectDir", "papi"}}),
            "Argument projectDir: given \"papi\", expected an absolute path, as in "
            "\"/home/ann/src/papi\".");
  EXPECT_EQ(message_of("lookup_service", Json::object()),
            "Argument service is missing; expected the name of a service in the catalog.");
  EXPECT_EQ(message_of("resolve_tag", {{"branch", "main"}}),
            "Argument branch: given \"main\", expected only these members: projectDir, "
            "prNumber.");
  EXPECT_EQ(message_of("rollout", Json::array()), "Arguments: given an array, expected an object.");
}

TEST(ToolArguments, DetailsNameTheArgument) {
  const auto problem = problem_of("rollout", {{"prNumber", 0}});
  ASSERT_TRUE(problem);
  const engine::Details expected = {{"argument", "prNumber"},
                                    {"given", "0"},
                                    {"accepted", "an integer from 1 to 9007199254740991"}};
  EXPECT_EQ(problem->details, expected);
}

// JSON Schema's `$` admits it in some engines, so the schemas do not judge this one.
TEST(ToolArguments, ValueOfAnArgumentThatIsNamedLikeASecretIsNotRepeated) {
  for (const char* const name : {"password", "accessToken", "api_key", "Authorization"}) {
    auto request = tools::read_rollout(Json{{"service", "papi"}, {name, "hunter2"}});
    ASSERT_FALSE(request) << name;
    const engine::Error& error = request.error();
    EXPECT_EQ(error.message.find("hunter2"), std::string::npos) << error.message;
    EXPECT_NE(error.message.find(name), std::string::npos) << error.message;
    for (const auto& [key, detail] : error.details) {
      const auto* const text = std::get_if<std::string>(&detail);
      EXPECT_TRUE(text == nullptr || text->find("hunter2") == std::string::npos) << key;
    }
  }
}

TEST(ToolArguments, TagWithNewlineIsRefused) {
  EXPECT_NE(message_of("rollout", {{"tag", "pr-42-a1b2c3d\n"}}), "accepted");
}

TEST(ToolArguments, RolloutRequestHasWhatWasGiven) {
  const auto request = tools::read_rollout({{"service", "papi"},
                                            {"dryRun", true},
                                            {"tag", "pr-42-a1b2c3d"},
                                            {"prNumber", 42},
                                            {"file", "a.yaml"},
                                            {"imageName", "image"},
                                            {"path", ".image"},
                                            {"verifyPipeline", true},
                                            {"projectDir", "/src/papi"}});
  ASSERT_TRUE(request) << request.error().message;
  EXPECT_EQ(request->service, "papi");
  EXPECT_TRUE(request->dry_run);
  EXPECT_EQ(request->tag->text(), "pr-42-a1b2c3d");
  EXPECT_EQ(request->pr_number->value(), 42);
  EXPECT_EQ(request->file, "a.yaml");
  EXPECT_EQ(request->image_name, "image");
  EXPECT_EQ(request->path, ".image");
  EXPECT_TRUE(request->verify_pipeline);
  EXPECT_EQ(request->project.directory, "/src/papi");
}

TEST(ToolArguments, AHistoryHasALimit) {
  EXPECT_EQ(tools::read_rollout_history({{"service", "papi"}})->limit, 10U);
  EXPECT_EQ(tools::read_rollout_history({{"service", "papi"}, {"limit", 50}})->limit, 50U);
  EXPECT_EQ(message_of("rollout_history", {{"service", "papi"}, {"limit", 51}}),
            "Argument limit: given 51, expected an integer from 1 to 50.");
}

TEST(ToolArguments, AWaitHasALimit) {
  const auto request = tools::read_rollout_status({{"service", "papi"}, {"waitSeconds", 600}});
  ASSERT_TRUE(request);
  EXPECT_EQ(request->wait, std::chrono::seconds(600));
  EXPECT_EQ(tools::read_rollout({{"service", "papi"}})->wait, std::nullopt);
  EXPECT_EQ(tools::read_rollout({{"waitSeconds", 1}})->wait, std::chrono::seconds(1));
  EXPECT_EQ(message_of("rollout", {{"waitSeconds", 601}}),
            "Argument waitSeconds: given 601, expected an integer from 1 to 600.");
  EXPECT_EQ(message_of("rollout_status", {{"waitSeconds", 0}}),
            "Argument waitSeconds: given 0, expected an integer from 1 to 600.");
}

// Every argument that the tool's schema does not require, as some clients send what is left out.
TEST(ToolArguments, NullIsAnArgumentThatWasLeftOut) {
  for (const std::string tool :
       {"resolve_tag", "lookup_service", "rollout", "rollback", "rollout_history", "rollout_status",
        "regenerate_services", "list_rwenvs", "set_rwenv", "add_rwenv"}) {
    const Json schema = Json::parse(
        test::read_bytes(fs::path(TEST_DATA) / "../../schemas" / (tool + ".input.json")));
    const bool needs_service =
        tool == "lookup_service" || tool == "rollout_history" || tool == "rollback";
    Json all = needs_service ? Json{{"service", "papi"}} : Json::object();
    for (const auto& [name, property] : schema.at("properties").items()) {
      if (all.contains(name)) {
        continue;
      }
      Json arguments = needs_service ? Json{{"service", "papi"}} : Json::object();
      arguments[name] = nullptr;
      EXPECT_EQ(message_of(tool, arguments), "accepted") << tool << " " << name;
      all[name] = nullptr;
    }
    EXPECT_EQ(message_of(tool, all), "accepted") << tool;
  }
  EXPECT_EQ(message_of("lookup_service", {{"service", nullptr}}),
            "Argument service is missing; expected the name of a service in the catalog.");
  EXPECT_EQ(message_of("resolve_tag", {{"branch", nullptr}}),
            "Argument branch: given null, expected only these members: projectDir, prNumber.");
}

TEST(ToolArguments, WithoutArgumentsNothingIsAssumed) {
  const auto request = tools::read_rollout(Json::object());
  ASSERT_TRUE(request);
  EXPECT_FALSE(request->service || request->tag || request->pr_number || request->file ||
               request->image_name || request->path || request->project.directory);
  EXPECT_FALSE(request->dry_run || request->verify_pipeline);
}

}  // namespace
