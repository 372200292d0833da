// The line of the log that each child process has.
#include "cli/logged_runner.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/forge/gh_commands.h"
#include "engine/git/commands.h"
#include "tests/support/scripted_runner.h"

namespace {

using engine::Command;
using engine::GitCommands;
using engine::ProcessResult;
using std::chrono::milliseconds;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

GitCommands commands() {
  return GitCommands(engine::Environment({}), engine::TlsVerification::on, "/home/dana/clone",
                     std::nullopt);
}

Command sign(const std::string& message) {
  const engine::Person dana{"Dana", "dana@example.com"};
  return commands().commit_tree(std::string(40, 'b'),
                                *engine::CommitId::parse(std::string(40, 'a')), message,
                                {.author = dana, .committer = dana, .sign_commits = true});
}

std::string line_of(const Command& command, const ProcessResult& result = {}) {
  return cli::log_line(command, result, milliseconds(12));
}

TEST(LoggedRunner, TellsOfEachCommandOnceAndPassesItsResultOn) {
  test::ScriptedRunner scripted;
  test::FakeClock clock;
  scripted.on("--version", test::exited(0, "git version 2.39.5\n"));
  scripted.on("ls-remote", [&](const Command&) {
    clock.sleep(milliseconds(412), {});
    return test::exited(128, "", "fatal: no\n");
  });
  std::vector<std::string> lines;
  cli::LoggedRunner runner(scripted, clock,
                           [&](std::string_view line) { lines.emplace_back(line); });
  EXPECT_EQ(runner.run(GitCommands::version(), {}, {}).out, "git version 2.39.5\n");
  const ProcessResult listed = runner.run(commands().list_head(), {}, {});
  EXPECT_EQ(listed.status, 128);
  EXPECT_EQ(listed.err, "fatal: no\n");
  EXPECT_THAT(
      lines,
      ElementsAre("git --version (in /): exit status 0, 0 ms",
                  AllOf(StartsWith("git --git-dir=.git --work-tree=. -c core.fsmonitor=false "),
                        EndsWith(" ls-remote --symref origin HEAD refs/heads/main (in "
                                 "/home/dana/clone): exit status 128, 412 ms"))));
}

TEST(LoggedRunner, SaysNothingOfACommandThatWasCancelledBeforeItBegan) {
  test::ScriptedRunner scripted;
  test::FakeClock clock;
  scripted.on("git", {.kind = ProcessResult::Kind::cancelled});
  std::vector<std::string> lines;
  cli::LoggedRunner runner(scripted, clock,
                           [&](std::string_view line) { lines.emplace_back(line); });
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(runner.run(GitCommands::version(), stop.get_token(), {}).kind,
            ProcessResult::Kind::cancelled);
  EXPECT_THAT(lines, IsEmpty());
  runner.run(GitCommands::version(), {}, {});
  EXPECT_THAT(lines, SizeIs(1));
}

TEST(LogLine, SaysHowTheCommandEnded) {
  const auto ending = [](ProcessResult result) {
    const std::string line = line_of(GitCommands::version(), result);
    return line.substr(line.find("): ") + 3);
  };
  using Kind = ProcessResult::Kind;
  EXPECT_EQ(ending({.kind = Kind::exited, .status = 1}), "exit status 1, 12 ms");
  EXPECT_EQ(ending({.kind = Kind::signalled, .status = 9}), "signal 9, 12 ms");
  EXPECT_EQ(ending({.kind = Kind::timed_out}), "ended at the time limit, 12 ms");
  EXPECT_EQ(ending({.kind = Kind::cancelled}), "cancelled, 12 ms");
  EXPECT_EQ(ending({.kind = Kind::not_found}), "not found on PATH, 12 ms");
  EXPECT_EQ(ending({.kind = Kind::failed, .err = "Permission denied"}),
            "not started: Permission denied, 12 ms");
  EXPECT_EQ(ending({.kind = Kind::lost, .err = "it is gone"}), "lost: it is gone, 12 ms");
}

TEST(LogLine, QuotesArgumentsAsForAShell) {
  EXPECT_THAT(line_of(sign("it's here (now)")), HasSubstr(" -m 'it'\\''s here (now)' bbb"));
  EXPECT_THAT(line_of(sign("")), HasSubstr(" -m '' bbb"));
  EXPECT_THAT(line_of(sign("a=b")), HasSubstr(" -m a=b bbb"));
}

TEST(LogLine, HasNoSecretsAndNothingThatCannotBeSeen) {
  for (const char* const text :
       {"https://dana:hunter2@host.example/x.git", "see https://host.example/x?token=hunter2",
        "password='hunter2'", "dana:hunter2@host.example", "Authorization: Basic hunter2"}) {
    EXPECT_THAT(line_of(sign(text)), Not(HasSubstr("hunter2"))) << text;
  }
  EXPECT_THAT(line_of(sign("one\ntwo\x1b[31m\xe2\x80\xae")), HasSubstr(" -m 'one two' bbb"));
}

TEST(LogLine, IsCutInItsArgumentsOnly) {
  const std::string line = line_of(sign(std::string(100'000, 'x')));
  EXPECT_LT(line.size(), 8192U);
  EXPECT_THAT(line, EndsWith("… (in /home/dana/clone): exit status 0, 12 ms"));
}

TEST(LogLine, NamesTheProgram) {
  const engine::GhCommands gh(engine::Environment({}), "/src");
  EXPECT_THAT(line_of(gh.view_pull_request(std::nullopt, false)),
              StartsWith("gh pr view --json number,url,state,headRefOid (in /src): "));
}

TEST(LoggedRunner, TellsOfACommandWhoseOutputIsRead) {
  test::ScriptedRunner scripted;
  test::FakeClock clock;
  scripted.on("ls-remote", test::exited(0, "the list\n"));
  std::vector<std::string> lines;
  cli::LoggedRunner runner(scripted, clock,
                           [&](std::string_view line) { lines.emplace_back(line); });
  std::string read;
  const auto result = runner.run_reading(
      commands().list_pull_refs(engine::RemoteUrl("https://dana:s3cret@h/papi.git")),
      [&](std::string_view piece) { read += piece; }, {}, {});
  EXPECT_EQ(read, "the list\n");
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(lines, ElementsAre(AllOf(HasSubstr("ls-remote --refs https://h/papi.git "),
                                       EndsWith(": exit status 0, 0 ms"))));
}

}  // namespace
