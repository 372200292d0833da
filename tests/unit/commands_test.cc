// What a command leaves behind for the shell that ran it: its exit status, and its two outputs.
#include "cli/commands.h"

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/exit_status.h"
#include "cli/real_host.h"
#include "cli/terminal.h"
#include "engine/base/host.h"
#include "json/parse.h"
#include "tests/support/temporary_directory.h"

namespace {

using cli::CommandName;
using testing::HasSubstr;

// No program is found on PATH while this exists, so that no command starts any.
class NoPrograms {
 public:
  NoPrograms() : before_(engine::Environment::of_process().get("PATH").value_or("")) {
    ::setenv("PATH", directory_.path().c_str(), 1);
  }
  ~NoPrograms() { ::setenv("PATH", before_.c_str(), 1); }
  NoPrograms(const NoPrograms&) = delete;
  NoPrograms& operator=(const NoPrograms&) = delete;

 private:
  test::TemporaryDirectory directory_;
  std::string before_;
};

class Commands : public testing::Test {
 protected:
  static cli::CommandLine of(CommandName command) {
    cli::CommandLine line;
    line.command = command;
    return line;
  }

  // Its exit status. The project has no rwenv.
  int run(cli::CommandLine line) const {
    line.project = project_.path().string();
    const cli::RealHost process("", (project_.path() / "services.json").string(), 022);
    cli::Terminal terminal(process.host().environment);
    return cli::run_command(line, process, terminal);
  }

  // The same; `out` and `err` are what it wrote.
  int run(const cli::CommandLine& line, std::string& out, std::string& err) const {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = run(line);
    out = testing::internal::GetCapturedStdout();
    err = testing::internal::GetCapturedStderr();
    return status;
  }

  test::TemporaryDirectory project_;
  NoPrograms no_programs_;
};

TEST_F(Commands, ARefusalIsTextOnStderrAndWithJsonAnObjectOnStdout) {
  cli::CommandLine line = of(CommandName::lookup);
  line.service = "papi";
  std::string out;
  std::string err;
  EXPECT_EQ(run(line, out, err), cli::kRefused);
  EXPECT_EQ(out, "");
  EXPECT_NE(err, "");
  line.json = true;
  std::string object;
  std::string same;
  EXPECT_EQ(run(line, object, same), cli::kRefused);
  EXPECT_EQ(same, err);
  const auto parsed = json::parse(object);
  ASSERT_TRUE(parsed) << object;
  EXPECT_TRUE(parsed->contains("code")) << object;
}

TEST_F(Commands, DoctorFailsIfSomethingIsMissing) {
  std::string out;
  std::string err;
  EXPECT_EQ(run(of(CommandName::doctor), out, err), cli::kRefused);
  EXPECT_THAT(out, HasSubstr("git"));
  EXPECT_NE(err, "");
}

TEST_F(Commands, AResultThatCannotBeWrittenIsNoneThatWasGiven) {
  cli::CommandLine line = of(CommandName::completion);
  line.shell = "bash";
  std::string out;
  std::string err;
  EXPECT_EQ(run(line, out, err), cli::kDone);
  std::fflush(stdout);
  const int before = ::dup(STDOUT_FILENO);
  const int unwritable = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ASSERT_GE(unwritable, 0);
  ::dup2(unwritable, STDOUT_FILENO);
  testing::internal::CaptureStderr();
  const int status = run(line);
  ::dup2(before, STDOUT_FILENO);
  EXPECT_NE(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(status, cli::kRefused);
  ::close(unwritable);
  ::close(before);
}

}  // namespace
