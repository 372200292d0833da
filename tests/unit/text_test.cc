#include "engine/text/text.h"

#include <gtest/gtest.h>

namespace {

using engine::sanitize_line;
using engine::sanitize_text;
using engine::without_userinfo;

TEST(Printable, KeepsTextInAnyLanguage) {
  EXPECT_EQ(sanitize_text("naïve – 日本語 😀\n\ttab"), "naïve – 日本語 😀\n\ttab");
}

TEST(Printable, RemovesTerminalControl) {
  EXPECT_EQ(sanitize_text("\x1b[31mred\x1b[0m"), "red");
  EXPECT_EQ(sanitize_text("\x1b]0;title\abody"), "body");
  EXPECT_EQ(sanitize_text("\x1b]8;;http://x\x1b\\link"), "link");
  EXPECT_EQ(sanitize_text("a\x1b"), "a");
  EXPECT_EQ(sanitize_text("a\x1b[12"), "a");
  EXPECT_EQ(sanitize_text(std::string_view("a\0b\r\x7f", 5)), "ab");
  EXPECT_EQ(sanitize_text("a\xc2\x9b"
                          "31mb"),
            "a31mb");
}

// What a remote says can be a megabyte.
TEST(Printable, ManySequencesTakeNoLongerThanTheirLength) {
  std::string text;
  for (int i = 0; i < 300'000; ++i) {
    text += "\x1b]\a";
  }
  EXPECT_EQ(sanitize_text(text + "end"), "end");
}

TEST(Printable, RemovesBidirectionalOverrides) {
  EXPECT_EQ(sanitize_text("a\u202eb\u2066c\u2069\u2028"), "abc");
}

TEST(Printable, RemovesWhatIsInvisible) {
  for (const char* const invisible :
       {"\u00ad",     "\u034f",     "\u061c",     "\u115f",     "\u1160",    "\u180e",
        "\u200b",     "\u200c",     "\u200d",     "\u200e",     "\u200f",    "\u2060",
        "\u2061",     "\u2064",     "\u206a",     "\u206f",     "\u3164",    "\ufe00",
        "\ufe0d",     "\ufeff",     "\uffa0",     "\ufff9",     "\ufffb",    "\U000E0001",
        "\U000E0041", "\U000E007F", "\U000E0100", "\U000E01EF", "\U0001D173"}) {
    EXPECT_EQ(sanitize_text(std::string("a") + invisible + "b" + invisible), "ab");
  }
}

TEST(Printable, KeepsAChoiceOfPictureOnlyBehindACharacter) {
  EXPECT_EQ(sanitize_text("\u2714\ufe0f ok"), "\u2714\ufe0f ok");
  EXPECT_EQ(sanitize_text("\u2714\ufe0e"), "\u2714\ufe0e");
  EXPECT_EQ(sanitize_text("\u2714\ufe0f\ufe0f\ufe0e"), "\u2714\ufe0f");
  EXPECT_EQ(sanitize_text("\ufe0fa \ufe0fb\u200b\ufe0f"), "a b");
}

TEST(Printable, FindsASecretBehindWhatIsInvisible) {
  EXPECT_EQ(sanitize_text("ghp_0123456789\u200babcdefghij"), "***");
  EXPECT_EQ(sanitize_text("pass\U000E0041word=hunter2"), "password=***");
}

TEST(Printable, FindsASecretBeforeItIsCut) {
  EXPECT_EQ(sanitize_text("ghp_0123456789abcdefghij", 10), "***");
  EXPECT_EQ(sanitize_line("https://ann:hunter2hunter2@host/x", 20), "https://host/x");
}

TEST(Printable, RemovesWhatIsNoUtf8) {
  EXPECT_EQ(sanitize_text("a\xff"
                          "b\xc3"),
            "ab");
  EXPECT_EQ(sanitize_text("\xed\xa0\x80x"), "x");            // a surrogate
  EXPECT_EQ(sanitize_text("\xc0\xafx\xe0\x80\xafy"), "xy");  // overlong
  EXPECT_EQ(sanitize_text("\xf4\x90\x80\x80z"), "z");        // beyond Unicode
}

TEST(Printable, IsCutBetweenCharacters) {
  EXPECT_EQ(sanitize_text("aéb", 4), "aéb");
  EXPECT_EQ(sanitize_text("aéb", 3), "aé…");
  EXPECT_EQ(sanitize_text("aéb", 2), "a…");
}

TEST(PrintableLine, IsOneLineWithoutOuterSpace) {
  EXPECT_EQ(sanitize_line("  a\nb\tc \r\n"), "a b c");
  EXPECT_EQ(sanitize_line(" \n "), "");
  EXPECT_EQ(sanitize_line("abcdef", 3), "abc…");
}

TEST(PrintableLine, HidesSecretsThatInvisibleCharactersBreak) {
  EXPECT_EQ(sanitize_line("ghp_0123456789abcdef\u200B0123456789abcdefABCD"),
            sanitize_line("ghp_0123456789abcdef0123456789abcdefABCD"));
}

TEST(WithoutUserinfo, RemovesNamesAndSecrets) {
  EXPECT_EQ(without_userinfo("https://user:token@host/x.git"), "https://host/x.git");
  EXPECT_EQ(without_userinfo("https://token@host:8443/x"), "https://host:8443/x");
  EXPECT_EQ(without_userinfo("ssh://git@host/x"), "ssh://host/x");
  EXPECT_EQ(without_userinfo("https://a@b:c@host/x"), "https://host/x");
  EXPECT_EQ(without_userinfo("https://user:pa/ss@host/x"), "https://host/x");
  EXPECT_EQ(without_userinfo("user:token@host/x.git"), "host/x.git");
}

TEST(WithoutUserinfo, KeepsWhatIsNone) {
  for (const char* const url :
       {"git@host:org/x.git", "https://host/a@b", "https://host:8443/a@b", "git@host:org/x@y.git",
        "host:org/x@y.git", "file:///srv/x@y.git", "/srv/x.git", "https://[::1]:8443/x"}) {
    EXPECT_EQ(without_userinfo(url), url);
  }
}

TEST(WithoutUserinfo, LeavesNoSecretOfAnOddSpelling) {
  for (const char* const url :
       {"https:/ann:hunter2@host/x", "https://ann:p@hunter2@host/x", "https://ann:a hunter2@host/x",
        "https://host/x?private_token=hunter2", "ann:hunter2@host", "https:ann:hunter2@host/x",
        "https://ann:\"hunter2@host/x", "https://host/x#access_token=hunter2",
        "ann:p@hunter2@host/x", "https://ann:a/b?c#hunter2@git.example/x"}) {
    EXPECT_EQ(without_userinfo(url).find("hunter2"), std::string::npos) << without_userinfo(url);
  }
}

}  // namespace
