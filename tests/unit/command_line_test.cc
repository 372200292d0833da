#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/read_command_line.h"
#include "cli/terminal.h"
#include "cli/version.h"

namespace {

using cli::CommandName;
using testing::HasSubstr;

std::variant<cli::CommandLine, cli::NothingToRun> read(const std::vector<const char*>& arguments) {
  std::vector<const char*> argv = {"rollout-mcp"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  return cli::read_command_line(static_cast<int>(argv.size()), argv.data());
}

cli::CommandLine accepted(const std::vector<const char*>& arguments) {
  auto result = read(arguments);
  if (const auto* nothing = std::get_if<cli::NothingToRun>(&result)) {
    ADD_FAILURE() << nothing->err << nothing->out;
    return {};
  }
  return std::get<cli::CommandLine>(result);
}

TEST(CommandLine, AloneServes) {
  EXPECT_EQ(accepted({}).command, CommandName::serve);
  const cli::CommandLine line = accepted({"--log-level", "debug", "--log-file", "/tmp/log"});
  EXPECT_EQ(line.command, CommandName::serve);
  EXPECT_EQ(line.log_level, "debug");
  EXPECT_EQ(line.log_file, "/tmp/log");
}

TEST(CommandLine, RolloutTakesAllOptions) {
  const cli::CommandLine line = accepted(
      {"rollout", "papi", "--dry-run", "--tag", "pr-42-a1b2c3d", "--pr", "42", "--file", "a.yaml",
       "--image", "image", "--path", ".image", "--verify-pipeline", "--project", "/src", "--json"});
  EXPECT_EQ(line.command, CommandName::rollout);
  EXPECT_EQ(line.service, "papi");
  EXPECT_TRUE(line.dry_run);
  EXPECT_EQ(line.tag->text(), "pr-42-a1b2c3d");
  EXPECT_EQ(line.pr_number->value(), 42);
  EXPECT_EQ(line.file, "a.yaml");
  EXPECT_EQ(line.image_name, "image");
  EXPECT_EQ(line.path, ".image");
  EXPECT_TRUE(line.verify_pipeline);
  EXPECT_EQ(line.project, "/src");
  EXPECT_TRUE(line.json);
}

TEST(CommandLine, OtherCommands) {
  EXPECT_EQ(accepted({"resolve-tag", "--pr", "7"}).pr_number->value(), 7);
  EXPECT_EQ(accepted({"resolve-tag"}).command, CommandName::resolve_tag);
  EXPECT_EQ(accepted({"lookup", "papi"}).service, "papi");
  EXPECT_EQ(accepted({"lookup", "papi"}).command, CommandName::lookup);
  EXPECT_EQ(accepted({"services"}).command, CommandName::services);
  EXPECT_EQ(accepted({"doctor", "--json"}).command, CommandName::doctor);
  EXPECT_EQ(accepted({"regenerate", "--path", "apps/live"}).command, CommandName::regenerate);
  EXPECT_EQ(accepted({"regenerate", "--path", "apps/live"}).path, "apps/live");
  EXPECT_EQ(accepted({"demo"}).command, CommandName::demo);
  EXPECT_EQ(accepted({"completion", "zsh"}).shell, "zsh");
}

TEST(CommandLine, CatalogMayBeNamedBeforeAndAfterTheCommand) {
  EXPECT_EQ(accepted({"--services", "s.json", "services"}).services_file, "s.json");
  EXPECT_EQ(accepted({"services", "--services", "s.json"}).services_file, "s.json");
}

TEST(CommandLine, WrongUsageIsStatusTwoOnStderr) {
  for (const auto& arguments :
       std::vector<std::vector<const char*>>{{"unknown"},
                                             {"rollout", "papi", "worker"},
                                             {"rollout", "papi", "--force"},
                                             {"rollout", "papi", "--tag"},
                                             {"rollout", "papi", "--tag", "latest"},
                                             {"rollout", "papi", "--tag", "pr-42-a1b2c3d4"},
                                             {"rollout", "papi", "--pr", "0"},
                                             {"rollout", "papi", "--pr", "4x"},
                                             {"rollout", "papi", "--pr", "9007199254740992"},
                                             {"lookup"},
                                             {"lookup", "papi", "--dry-run"},
                                             {"services", "papi"},
                                             {"demo", "services"},
                                             {"doctor", "papi"},
                                             {"completion"},
                                             {"completion", "tcsh"},
                                             {"--log-level", "loud"}}) {
    const auto result = read(arguments);
    const auto* nothing = std::get_if<cli::NothingToRun>(&result);
    ASSERT_NE(nothing, nullptr) << arguments.front();
    EXPECT_EQ(nothing->exit_code, 2);
    EXPECT_NE(nothing->err, "");
    EXPECT_EQ(nothing->out, "");
  }
}

TEST(CommandLine, WrongUsageIsALineThatSaysWhatAndOneThatSaysWhereTheUsageIs) {
  const auto words = [](const std::vector<const char*>& arguments) {
    const auto result = read(arguments);
    const auto* nothing = std::get_if<cli::NothingToRun>(&result);
    return nothing == nullptr ? std::string() : nothing->err;
  };
  EXPECT_EQ(words({"deploy"}),
            "rollout-mcp: there is no command 'deploy'; there are rollout, resolve-tag, lookup, "
            "services, doctor, regenerate, demo, completion\nSee `rollout-mcp --help`.\n");
  EXPECT_EQ(words({"rollout", "papi", "--force"}),
            "rollout-mcp rollout: unexpected argument '--force'\n"
            "See `rollout-mcp rollout --help`.\n");
  EXPECT_EQ(words({"--force"}),
            "rollout-mcp: unexpected argument '--force'\nSee `rollout-mcp --help`.\n");
  EXPECT_EQ(words({"rollout", "papi", "--pr"}),
            "rollout-mcp rollout: --pr needs a value\nSee `rollout-mcp rollout --help`.\n");
  EXPECT_EQ(words({"lookup"}),
            "rollout-mcp lookup: service is required\nSee `rollout-mcp lookup --help`.\n");
  EXPECT_EQ(words({"\x1b[31m\xff"}).find_first_of("\x1b\xff"), std::string::npos);
}

TEST(CommandLine, WrongTagIsNamed) {
  const auto result = read({"rollout", "papi", "--tag", "latest"});
  ASSERT_TRUE(std::holds_alternative<cli::NothingToRun>(result));
  EXPECT_THAT(std::get<cli::NothingToRun>(result).err,
              testing::AllOf(HasSubstr("--tag"), HasSubstr("'latest'"), HasSubstr("pr-<PR")));
}

TEST(CommandLine, HelpAndVersionAreStatusZeroOnStdout) {
  const auto version = read({"--version"});
  const auto* nothing = std::get_if<cli::NothingToRun>(&version);
  ASSERT_NE(nothing, nullptr);
  EXPECT_EQ(nothing->exit_code, 0);
  EXPECT_EQ(nothing->out, "rollout-mcp " + std::string(cli::version()) + "\n");
  for (const auto& arguments :
       std::vector<std::vector<const char*>>{{"--help"}, {"rollout", "--help"}}) {
    const auto help = read(arguments);
    ASSERT_TRUE(std::holds_alternative<cli::NothingToRun>(help));
    EXPECT_EQ(std::get<cli::NothingToRun>(help).exit_code, 0);
    EXPECT_THAT(std::get<cli::NothingToRun>(help).out, HasSubstr("rollout"));
    EXPECT_EQ(std::get<cli::NothingToRun>(help).err, "");
  }
}

TEST(Colours, MarkTicksWarningsAndChanges) {
  EXPECT_EQ(cli::coloured("✓ done\nplain\n  ⚠ careful"),
            "\x1b[32m✓ done\x1b[0m\nplain\n\x1b[33m  ⚠ careful\x1b[0m");
  EXPECT_EQ(cli::coloured("--- a\n+++ b\n-old\n+new\n same\n"),
            "\x1b[1m--- a\x1b[0m\n\x1b[1m+++ b\x1b[0m\n\x1b[31m-old\x1b[0m\n\x1b[32m+new\x1b[0m\n"
            " same\n");
}

}  // namespace
