// Which commit a squash by a forge was, as its message tells.
#include "engine/git/squashed_message.h"

#include <string>

#include <gtest/gtest.h>

namespace {

using engine::is_commit_of;

constexpr const char* kMessage = "revert(backend): image tag back to pr-41-0f0e0d0";

TEST(SquashedMessage, IsTheSubjectAsItWasOrWithTheNumberOfTheRequest) {
  for (const char* const end : {"", " (#12)", " (!12)"}) {
    EXPECT_TRUE(is_commit_of(std::string(kMessage) + end, "", kMessage)) << end;
  }
  for (const char* const end : {"1", " (12)", " (#)", " (#1x)", " (#12) again", " #12", ")"}) {
    EXPECT_FALSE(is_commit_of(std::string(kMessage) + end, "", kMessage)) << end;
  }
  EXPECT_FALSE(is_commit_of("", "", kMessage));
  EXPECT_FALSE(is_commit_of("(#12)", "", kMessage));
}

TEST(SquashedMessage, IsALineOfTheBodyUnderATitleOfTheForges) {
  const std::string title = "chore(backend): update image tag (#12)";
  const std::string message = kMessage;
  for (const std::string& body :
       {message, "* " + message + "\n", "Reviewed-on: https://x/pulls/12\n\n" + message + "\r\n",
        "- one\n- " + message + " (#12)\n\nCo-authored-by: Olga <olga@example.com>"}) {
    EXPECT_TRUE(is_commit_of(title, body, message)) << body;
  }
  EXPECT_FALSE(is_commit_of(title, "* " + message + "1\n", message));
  EXPECT_FALSE(is_commit_of(title, "This undoes " + message, message));
  EXPECT_FALSE(is_commit_of(title, "\n\n", message));
}

}  // namespace
