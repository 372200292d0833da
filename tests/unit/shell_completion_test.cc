#include "cli/shell_completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using cli::ShellCompletion;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using Kind = ShellCompletion::Kind;

std::vector<std::string> texts(const std::vector<std::string>& words) {
  std::vector<std::string> out;
  for (const cli::Candidate& candidate : cli::complete(words).candidates) {
    out.push_back(candidate.text);
  }
  return out;
}

TEST(ShellCompletion, KnowsTheCommands) {
  EXPECT_THAT(texts({""}), AllOf(Contains("rollout"), Contains("doctor"), Contains("completion"),
                                 Not(Contains("--json"))));
  EXPECT_THAT(texts({}), Contains("rollout"));
  EXPECT_THAT(texts({"--services", "x.json", ""}), Contains("rollout"));
}

TEST(ShellCompletion, KnowsTheOptionsOfTheCommand) {
  EXPECT_THAT(texts({"-"}),
              AllOf(Contains("--version"), Contains("--log-level"), Not(Contains("--dry-run"))));
  EXPECT_THAT(texts({"rollout", "papi", "--"}),
              AllOf(Contains("--dry-run"), Contains("--services"), Contains("--help")));
  EXPECT_THAT(texts({"lookup", "-"}), Not(Contains("--dry-run")));
  EXPECT_THAT(texts({"history", "papi", "-"}), Contains("--limit"));
  EXPECT_THAT(texts({"rollback", "papi", "-"}), Contains("--to"));
  EXPECT_THAT(texts({"rollout", "--", "-"}), IsEmpty());
}

TEST(ShellCompletion, KnowsWhatAValueIs) {
  EXPECT_EQ(cli::complete({"rollout", "--project", ""}).kind, Kind::directories);
  EXPECT_EQ(cli::complete({"--services", "ser"}).kind, Kind::files);
  EXPECT_THAT(texts({"--log-level", ""}), Contains("warning"));
  EXPECT_THAT(texts({"rollout", "--tag", ""}), IsEmpty());
  EXPECT_EQ(cli::complete({"rollout", "--tag", ""}).kind, Kind::candidates);
  EXPECT_THAT(texts({"completion", ""}), ElementsAre("bash", "zsh", "fish"));
}

TEST(ShellCompletion, ServicesAreThoseOfTheProjectAndCatalogOnTheLine) {
  EXPECT_EQ(cli::complete({"rollout", ""}).kind, Kind::services);
  EXPECT_EQ(cli::complete({"lookup", "--json", "pa"}).kind, Kind::services);
  EXPECT_EQ(cli::complete({"status", "--wait", "3", "pa"}).kind, Kind::services);
  EXPECT_EQ(cli::complete({"history", "--limit", "3", "pa"}).kind, Kind::services);
  const ShellCompletion after =
      cli::complete({"--services", "s.json", "rollout", "--project=/src", "--dry-run", "pa"});
  EXPECT_EQ(after.kind, Kind::services);
  EXPECT_EQ(after.project, "/src");
  EXPECT_EQ(after.services_file, "s.json");
  // As bash splits --project=/src.
  EXPECT_EQ(cli::complete({"rollout", "--project", "=", "/src", ""}).project, "/src");
  EXPECT_EQ(cli::complete({"rollout", "papi", "worker", ""}).kind, Kind::services);
  EXPECT_EQ(cli::complete({"lookup", "papi", ""}).kind, Kind::candidates);
}

TEST(ShellCompletion, FormerTagsAreThoseOfTheServiceOnTheLine) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"rollback", "papi", "--to", ""},
           {"rollback", "papi", "--to", "=", "pr-"},
           {"rollback", "--project", "/src", "papi", "--to", "pr-"}}) {
    const ShellCompletion found = cli::complete(words);
    EXPECT_EQ(found.kind, Kind::former_tags);
    EXPECT_EQ(found.service, "papi");
  }
  EXPECT_EQ(cli::complete({"rollback", "--to", ""}).service, std::nullopt);
  EXPECT_EQ(cli::completion_lines({.kind = Kind::former_tags}, {"v1", "v2"}), "v1\nv2");
}

TEST(ShellCompletion, KnowsTheCommandsOfACommand) {
  EXPECT_THAT(texts({"rwenv", ""}), ElementsAre("list", "show", "set", "add"));
  EXPECT_EQ(cli::complete({"rwenv", "set", ""}).kind, Kind::rwenvs);
  EXPECT_EQ(cli::complete({"rwenv", "add", ""}).kind, Kind::candidates);
  EXPECT_THAT(texts({"rwenv", "add", ""}), IsEmpty());
  EXPECT_THAT(texts({"rwenv", "add", "--"}),
              AllOf(Contains("--flux-repo"), Contains("--services"), Not(Contains("--project"))));
  EXPECT_THAT(texts({"rwenv", "add", "--flux-type", ""}), ElementsAre("github", "gitea"));
  EXPECT_EQ(cli::complete({"rwenv", "add", "--kubeconfig", ""}).kind, Kind::files);
  EXPECT_THAT(texts({"rwenv", "drop", ""}), IsEmpty());
}

TEST(ShellCompletion, OfALineWithoutSenseIsEmpty) {
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{
           {"deploy", ""}, {"lookup", "a", ""}, {"demo", ""}, {"--nope", "x", ""}}) {
    const ShellCompletion nothing = cli::complete(words);
    EXPECT_EQ(nothing.kind, Kind::candidates);
    EXPECT_THAT(nothing.candidates, IsEmpty());
  }
}

TEST(ShellCompletion, LinesAreForTheScripts) {
  ShellCompletion completion;
  completion.candidates = {{"--json", "Print"}, {"info", ""}};
  EXPECT_EQ(cli::completion_lines(completion, {}), "--json\tPrint\ninfo");
  completion = {.kind = Kind::services};
  EXPECT_EQ(cli::completion_lines(completion, {"papi", "bad\nname", "worker.mail"}),
            "papi\nworker.mail");
  EXPECT_EQ(cli::completion_lines({.kind = Kind::files}, {}), ":files");
  EXPECT_EQ(cli::completion_lines({.kind = Kind::directories}, {}), ":directories");
}

TEST(ShellCompletion, EachShellHasItsScript) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    EXPECT_NE(cli::completion_script(shell), "") << shell;
  }
  EXPECT_EQ(cli::completion_script("tcsh"), "");
}

}  // namespace
