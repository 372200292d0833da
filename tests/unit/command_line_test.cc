#include <array>
#include <cstddef>
#include <cstdlib>
#include <fcntl.h>
#include <functional>
#include <map>
#include <string>
#include <unistd.h>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/read_command_line.h"
#include "cli/terminal.h"
#include "cli/version.h"
#include "engine/base/host.h"

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
  EXPECT_THAT(line.services, testing::ElementsAre("papi"));
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

TEST(CommandLine, RolloutTakesSeveralServices) {
  EXPECT_THAT(accepted({"rollout", "papi", "--dry-run", "worker", "web"}).services,
              testing::ElementsAre("papi", "worker", "web"));
  EXPECT_THAT(accepted({"rollout"}).services, testing::IsEmpty());
}

TEST(CommandLine, OtherCommands) {
  EXPECT_EQ(accepted({"resolve-tag", "--pr", "7"}).pr_number->value(), 7);
  EXPECT_EQ(accepted({"resolve-tag"}).command, CommandName::resolve_tag);
  EXPECT_EQ(accepted({"lookup", "papi"}).service, "papi");
  EXPECT_EQ(accepted({"lookup", "papi"}).command, CommandName::lookup);
  EXPECT_EQ(accepted({"rollback", "papi"}).command, CommandName::rollback);
  EXPECT_EQ(accepted({"rollback", "papi"}).to, std::nullopt);
  EXPECT_EQ(accepted({"rollback", "papi", "--to", "v1.10", "--dry-run"}).to, "v1.10");
  EXPECT_TRUE(accepted({"rollback", "papi", "--dry-run"}).dry_run);
  EXPECT_EQ(accepted({"history", "papi"}).command, CommandName::history);
  EXPECT_EQ(accepted({"history", "papi"}).limit, 10U);
  EXPECT_EQ(accepted({"history", "papi", "--limit", "50"}).limit, 50U);
  EXPECT_EQ(accepted({"status"}).command, CommandName::status);
  EXPECT_EQ(accepted({"status", "papi", "--wait", "600"}).wait, 600);
  EXPECT_EQ(accepted({"rollout", "papi", "--wait", "1"}).wait, 1);
  EXPECT_EQ(accepted({"services"}).command, CommandName::services);
  EXPECT_EQ(accepted({"doctor", "--json"}).command, CommandName::doctor);
  EXPECT_EQ(accepted({"regenerate", "--path", "apps/live"}).command, CommandName::regenerate);
  EXPECT_EQ(accepted({"regenerate", "--path", "apps/live"}).path, "apps/live");
  EXPECT_EQ(accepted({"import"}).command, CommandName::import_catalog);
  EXPECT_TRUE(accepted({"import", "--json"}).json);
  EXPECT_EQ(accepted({"demo"}).command, CommandName::demo);
  EXPECT_EQ(accepted({"completion", "zsh"}).shell, "zsh");
}

TEST(CommandLine, RwenvHasCommandsOfItsOwn) {
  EXPECT_EQ(accepted({"rwenv", "list"}).command, CommandName::rwenv_list);
  EXPECT_EQ(accepted({"rwenv", "show", "--json"}).command, CommandName::rwenv_show);
  EXPECT_EQ(accepted({"rwenv", "set"}).rwenv.name, std::nullopt);
  const cli::CommandLine set = accepted({"rwenv", "set", "dev", "--project", "/src"});
  EXPECT_EQ(set.command, CommandName::rwenv_set);
  EXPECT_EQ(set.rwenv.name, "dev");
  EXPECT_EQ(set.project, "/src");
  const cli::CommandLine add = accepted({"rwenv",
                                         "add",
                                         "dev",
                                         "--flux-repo",
                                         "U",
                                         "--flux-type",
                                         "gitea",
                                         "--flux-branch",
                                         "B",
                                         "--flux-path",
                                         "P",
                                         "--context",
                                         "C",
                                         "--kubeconfig",
                                         "K",
                                         "--read-only",
                                         "--description",
                                         "D",
                                         "--json",
                                         "--log-level",
                                         "off"});
  EXPECT_EQ(add.command, CommandName::rwenv_add);
  EXPECT_EQ(add.rwenv.name, "dev");
  EXPECT_EQ(add.rwenv.flux_repo, "U");
  EXPECT_EQ(add.rwenv.flux_type, "gitea");
  EXPECT_EQ(add.rwenv.flux_branch, "B");
  EXPECT_EQ(add.rwenv.flux_path, "P");
  EXPECT_EQ(add.rwenv.context, "C");
  EXPECT_EQ(add.rwenv.kubeconfig, "K");
  EXPECT_EQ(add.rwenv.description, "D");
  EXPECT_TRUE(add.rwenv.read_only);
  EXPECT_TRUE(add.json);
}

TEST(CommandLine, CatalogMayBeNamedBeforeAndAfterTheCommand) {
  EXPECT_EQ(accepted({"--services", "s.json", "services"}).services_file, "s.json");
  EXPECT_EQ(accepted({"services", "--services", "s.json"}).services_file, "s.json");
}

TEST(CommandLine, WrongUsageIsStatusTwoOnStderr) {
  for (const auto& arguments :
       std::vector<std::vector<const char*>>{{"unknown"},
                                             {"lookup", "papi", "worker"},
                                             {"rollout", "papi", "--force"},
                                             {"rollout", "papi", "--tag"},
                                             {"rollout", "papi", "--tag", "latest"},
                                             {"rollout", "papi", "--tag", "pr-42-a1b2c3d4"},
                                             {"rollout", "papi", "--pr", "0"},
                                             {"rollout", "papi", "--pr", "4x"},
                                             {"rollout", "papi", "--pr", "9007199254740992"},
                                             {"lookup"},
                                             {"lookup", "papi", "--dry-run"},
                                             {"history"},
                                             {"rollback"},
                                             {"rollback", "papi", "--to"},
                                             {"history", "papi", "--limit", "0"},
                                             {"history", "papi", "--limit", "51"},
                                             {"history", "papi", "--limit", "x"},
                                             {"status", "papi", "--wait", "0"},
                                             {"status", "papi", "--wait", "601"},
                                             {"status", "papi", "worker"},
                                             {"rollout", "papi", "--wait", "x"},
                                             {"services", "papi"},
                                             {"demo", "services"},
                                             {"doctor", "papi"},
                                             {"import", "--project", "/"},
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
            "rollout-mcp: there is no command 'deploy'; there are rollout, rollback, resolve-tag, "
            "lookup, history, status, services, doctor, regenerate, import, rwenv, demo, "
            "completion\nSee `rollout-mcp --help`.\n");
  EXPECT_EQ(words({"rollout", "papi", "--force"}),
            "rollout-mcp rollout: unexpected argument '--force'\n"
            "See `rollout-mcp rollout --help`.\n");
  EXPECT_EQ(words({"--force"}),
            "rollout-mcp: unexpected argument '--force'\nSee `rollout-mcp --help`.\n");
  EXPECT_EQ(words({"rollout", "papi", "--pr"}),
            "rollout-mcp rollout: --pr needs a value\nSee `rollout-mcp rollout --help`.\n");
  EXPECT_EQ(words({"lookup"}),
            "rollout-mcp lookup: service is required\nSee `rollout-mcp lookup --help`.\n");
  EXPECT_EQ(words({"rwenv"}),
            "rollout-mcp rwenv: a command is missing; there are list, show, set, add\n"
            "See `rollout-mcp rwenv --help`.\n");
  EXPECT_EQ(words({"rwenv", "drop"}),
            "rollout-mcp rwenv: there is no command 'drop'; there are list, show, set, add\n"
            "See `rollout-mcp rwenv --help`.\n");
  EXPECT_EQ(words({"rwenv", "add", "dev", "--force"}),
            "rollout-mcp rwenv add: unexpected argument '--force'\n"
            "See `rollout-mcp rwenv add --help`.\n");
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
  EXPECT_THAT(nothing->out,
              testing::StartsWith("rollout-mcp " + std::string(cli::version()) + "\n"));
  for (const auto& arguments :
       std::vector<std::vector<const char*>>{{"--help"}, {"rollout", "--help"}}) {
    const auto help = read(arguments);
    ASSERT_TRUE(std::holds_alternative<cli::NothingToRun>(help));
    EXPECT_EQ(std::get<cli::NothingToRun>(help).exit_code, 0);
    EXPECT_THAT(std::get<cli::NothingToRun>(help).out, HasSubstr("rollout"));
    EXPECT_EQ(std::get<cli::NothingToRun>(help).err, "");
  }
}

TEST(CommandLine, HelpOfCompletionSaysHowItIsSwitchedOnForEachShell) {
  const auto help = read({"completion", "--help"});
  ASSERT_TRUE(std::holds_alternative<cli::NothingToRun>(help));
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    EXPECT_THAT(std::get<cli::NothingToRun>(help).out,
                testing::AllOf(HasSubstr("  " + shell + ", ~/"),
                               HasSubstr("rollout-mcp completion " + shell)));
  }
}

TEST(Colours, MarkTicksWarningsAndChanges) {
  EXPECT_EQ(cli::coloured("✓ done\nplain\n  ⚠ careful"),
            "\x1b[32m✓ done\x1b[0m\nplain\n\x1b[33m  ⚠ careful\x1b[0m");
  EXPECT_EQ(cli::coloured("--- a\n+++ b\n-old\n+new\n same\n"),
            "\x1b[1m--- a\x1b[0m\n\x1b[1m+++ b\x1b[0m\n\x1b[31m-old\x1b[0m\n\x1b[32m+new\x1b[0m\n"
            " same\n");
}

// What a Terminal in this environment complains of "x" with, where stderr is a terminal; empty if
// there is no terminal to be had.
std::string complaint_on_terminal(
    const std::map<std::string, std::string, std::less<>>& environment) {
  const int reader = ::posix_openpt(O_RDWR | O_NOCTTY);
  const bool unlocked = reader >= 0 && ::grantpt(reader) == 0 && ::unlockpt(reader) == 0;
  const int terminal = unlocked ? ::open(::ptsname(reader), O_RDWR | O_NOCTTY) : -1;
  if (terminal < 0) {
    ::close(reader);
    return {};
  }
  const int before = ::dup(STDERR_FILENO);
  ::dup2(terminal, STDERR_FILENO);
  cli::Terminal(engine::Environment(environment)).complain("x");
  ::dup2(before, STDERR_FILENO);
  std::array<char, 256> bytes{};
  const auto count = ::read(reader, bytes.data(), bytes.size());
  for (const int descriptor : {before, terminal, reader}) {
    ::close(descriptor);
  }
  return {bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
}

TEST(Terminal, HasNoColoursWhereNoColorIsSet) {
  const std::string coloured = complaint_on_terminal({{"TERM", "xterm"}});
  if (coloured.empty()) {
    GTEST_SKIP() << "no pseudo-terminal";
  }
  EXPECT_THAT(coloured, HasSubstr("\x1b[31mx\x1b[0m"));
  EXPECT_EQ(complaint_on_terminal({{"TERM", "xterm"}, {"NO_COLOR", "1"}}), "x\r\n");
  EXPECT_EQ(complaint_on_terminal({{"TERM", "dumb"}}), "x\r\n");
}

}  // namespace
