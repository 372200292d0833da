#include "cli/wrapped_text.h"

#include <cstddef>
#include <sstream>
#include <string>

#include <gtest/gtest.h>

#include "cli/terminal.h"
#include "engine/text/utf8.h"

namespace {

using cli::wrapped;

TEST(WrappedText, BreaksBetweenWords) {
  EXPECT_EQ(wrapped("one two three four five six", 20), "one two three four\nfive six");
  EXPECT_EQ(wrapped("exactly twenty chars", 20), "exactly twenty chars");
  EXPECT_EQ(wrapped("exactly twenty chars.", 20), "exactly twenty\nchars.");
  EXPECT_EQ(wrapped("", 20), "");
  EXPECT_EQ(wrapped("short\n\nlines\n", 20), "short\n\nlines\n");
}

TEST(WrappedText, CountsCharacters) {
  EXPECT_EQ(wrapped("ää öö üü → ✓ éé çç ñ", 20), "ää öö üü → ✓ éé çç ñ");
  EXPECT_EQ(wrapped("ää öö üü → ✓ éé çç ñ ñ", 20), "ää öö üü → ✓ éé çç ñ\nñ");
}

TEST(WrappedText, KeepsLongWordsAndWhatIsInBackticksWhole) {
  EXPECT_EQ(wrapped("See https://git.example.com/infra/flux/pulls/7 now", 20),
            "See\nhttps://git.example.com/infra/flux/pulls/7\nnow");
  EXPECT_EQ(wrapped("→ {\"jsonrpc\":\"2.0\",\"id\":1} and more", 20),
            "→ {\"jsonrpc\":\"2.0\",\"id\":1}\n  and more");
  EXPECT_EQ(wrapped("Create one with `gh pr create`.", 20), "Create one with\n`gh pr create`.");
  EXPECT_EQ(wrapped("This ` is alone and here it ends", 20), "This ` is alone and\nhere it ends");
}

TEST(WrappedText, IndentsWhatFollowsABreak) {
  EXPECT_EQ(wrapped("⚠ Replaces pr-41-0f0e0d0 of Alice.", 20),
            "⚠ Replaces\n  pr-41-0f0e0d0 of\n  Alice.");
  EXPECT_EQ(wrapped("    a text that is indented", 20), "    a text that is\n    indented");
  EXPECT_EQ(wrapped("  --pr N  Number of the pull request", 24),
            "  --pr N  Number of the\n          pull request");
  EXPECT_EQ(wrapped("✓ git    ok: version 2.39.5", 24), "✓ git    ok: version\n         2.39.5");
  // A column that would leave less than half of the width is none.
  EXPECT_EQ(wrapped("  a-name-that-is-long   and its text", 24),
            "  a-name-that-is-long\n  and its text");
}

TEST(WrappedText, KeepsTheEndOfAQuestion) {
  EXPECT_EQ(wrapped("Replace the image of Alice? [y/N] ", 24),
            "Replace the image of\nAlice? [y/N] ");
}

TEST(WrappedText, LeavesDiffsAndCommandsToCopy) {
  const std::string diff =
      "diff --git a/apps/backend.yaml b/apps/backend.yaml\n"
      "--- a/apps/backend.yaml and a long name\n"
      "-  a line that is too long for the terminal\n"
      " \n"
      "+  a line that is too long for the terminal\n";
  EXPECT_EQ(wrapped(diff, 20), diff);
  EXPECT_EQ(wrapped(diff + "\nWhat follows a diff is text", 20),
            diff + "\nWhat follows a diff\nis text");
  const std::string command = "  flux reconcile kustomization backend --with-source";
  EXPECT_EQ(wrapped(command, 20), command);
  EXPECT_EQ(wrapped("   " + command, 20), "   " + command);
}

TEST(WrappedText, LeavesEverythingWhereTheWidthIsNotKnownOrTooSmall) {
  const std::string text = "one two three four five six";
  EXPECT_EQ(wrapped(text, 0), text);
  EXPECT_EQ(wrapped(text, 19), text);
}

TEST(WrappedText, ColoursTheWholeOfALine) {
  EXPECT_EQ(cli::coloured("⚠ one two three four - five\nsix", 20),
            "\x1b[33m⚠ one two three four\n  - five\x1b[0m\nsix");
}

// Nothing but white space is lost or added, and only what cannot be broken is too long.
TEST(WrappedText, OfAnyWidthHasTheSameWords) {
  const std::string text =
      "  --path P                    Take the image groups below this directory (default: what is "
      "applied from fluxPath)\n✗ gh          gh is not logged in: run `gh auth login`, or give the "
      "number\nServices affected: papi, worker.mail, frontend, a-service-with-a-name";
  const auto words = [](const std::string& from) {
    std::istringstream in(from);
    std::string all;
    for (std::string word; in >> word;) {
      all += word + " ";
    }
    return all;
  };
  for (std::size_t columns = 20; columns <= 140; ++columns) {
    const std::string broken = wrapped(text, columns);
    EXPECT_EQ(words(broken), words(text)) << columns;
    std::istringstream lines(broken);
    for (std::string line; std::getline(lines, line);) {
      const bool unbreakable = line.find("`gh auth login`") != std::string::npos ||
                               line.find("a-service-with-a-name") != std::string::npos;
      EXPECT_TRUE(unbreakable || engine::count_characters(line) <= columns) << line;
    }
  }
}

}  // namespace
