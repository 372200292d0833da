#include <gtest/gtest.h>

#include "tools/doctor.h"
#include "tools/hint_words.h"
#include "tools/render.h"

namespace {

constexpr const char* kHint = "Run {regenerate_services}, or give {file} ({prNumber}).";

TEST(HintWords, AreThoseOfTheReader) {
  EXPECT_EQ(tools::for_client(kHint),
            "Run the tool `regenerate_services`, or give `file` (`prNumber`).");
  EXPECT_EQ(tools::for_command_line(kHint),
            "Run `rollout-mcp regenerate`, or give `--file` (`--pr`).");
}

TEST(HintWords, OnlyWhatIsKnownIsReplaced) {
  for (const char* const hint :
       {"", "{", "}", "{}", "{nothing}", "{{", "Create it: {\"rwenvs\": {\"dev\": {}}}", "{file"}) {
    EXPECT_EQ(tools::for_client(hint), hint);
    EXPECT_EQ(tools::for_command_line(hint), hint);
  }
  EXPECT_EQ(tools::for_client("{{file}}"), "{`file`}");
}

TEST(HintWords, OfTheCommandLineStayWhenAnErrorIsShown) {
  const engine::Error error{engine::Code::gh_failed, "It failed.", "Give {prNumber}."};
  EXPECT_EQ(tools::report(error), "It failed.\nGive `prNumber`.");
  EXPECT_EQ(tools::structured(error).at("hint"), "Give `prNumber`.");
  EXPECT_EQ(tools::report(tools::for_command_line(error)), "It failed.\nGive `--pr`.");
}

// What files are called is no name of an argument.
TEST(HintWords, DoNotChangeMessages) {
  const engine::Error error{engine::Code::bad_path, "There is no '{file}'.", ""};
  EXPECT_EQ(tools::report(error), "There is no '{file}'.");
}

// Doctor's report is read by both, a check a line.
TEST(HintWords, OfDoctorAreThoseOfAllOnOneLine) {
  engine::DoctorReport findings;
  findings.checks.push_back(
      {.name = "catalog",
       .state = engine::DoctorCheck::State::missing,
       .message = "None.",
       .hint = "Looked for:\n/a\n/b\nRun {regenerate_services} with {services_file}."});
  EXPECT_EQ(tools::report(findings),
            "✗ catalog  None. Looked for: /a, /b. Run the tool `regenerate_services` or "
            "`rollout-mcp regenerate` with the server's option `--services`.");
}

}  // namespace
