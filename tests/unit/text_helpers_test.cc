#include <array>
#include <cerrno>
#include <fcntl.h>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <unistd.h>
#include <vector>

#include <gtest/gtest.h>

#include "engine/base/repository_path.h"
#include "engine/base/write_all.h"
#include "engine/text/ascii.h"
#include "engine/text/join.h"
#include "engine/text/single_quoted.h"
#include "engine/text/split.h"
#include "engine/text/utf8.h"

namespace {

TEST(Split, HasAPartMoreThanThereAreSeparators) {
  using Parts = std::vector<std::string_view>;
  EXPECT_EQ(engine::split("apps/dev/k.yaml", '/'), (Parts{"apps", "dev", "k.yaml"}));
  EXPECT_EQ(engine::split("/a//b/", '/'), (Parts{"", "a", "", "b", ""}));
  EXPECT_EQ(engine::split("a", '/'), (Parts{"a"}));
  EXPECT_EQ(engine::split("", '/'), (Parts{""}));
}

TEST(SingleQuoted, IsOneWordOfAShell) {
  EXPECT_EQ(engine::single_quoted("it's $HOME"), R"('it'\''s $HOME')");
  EXPECT_EQ(engine::single_quoted(""), "''");
}

TEST(Ascii, LowerCaseLeavesOtherBytesAlone) {
  EXPECT_EQ(engine::in_lower_case("GitHub.COM/\xC3\x84[@`{"), "github.com/\xC3\x84[@`{");
}

TEST(Ascii, HexadecimalDigitsHaveValues) {
  EXPECT_EQ(engine::hex_value('0'), 0U);
  EXPECT_EQ(engine::hex_value('9'), 9U);
  EXPECT_EQ(engine::hex_value('a'), 10U);
  EXPECT_EQ(engine::hex_value('F'), 15U);
  for (const char c : {'/', ':', '@', 'G', '`', 'g', '\xff'}) {
    EXPECT_FALSE(engine::hex_value(c)) << c;
  }
}

TEST(Ascii, OnlyLowerCaseIsAnObjectsName) {
  EXPECT_TRUE(engine::is_lower_hex("0123456789abcdef"));
  EXPECT_FALSE(engine::is_lower_hex("A1"));
  EXPECT_FALSE(engine::is_lower_hex("g1"));
}

TEST(Ascii, TrimmedLosesWhiteSpaceAtBothEnds) {
  EXPECT_EQ(engine::trimmed(" \t a b\r\n"), "a b");
  EXPECT_EQ(engine::trimmed(" \n"), "");
}

TEST(Join, PutsASeparatorBetweenWords) {
  const std::vector<std::string> words = {"a", "b", "c"};
  EXPECT_EQ(engine::joined(words), "a, b, c");
  EXPECT_EQ(engine::joined(std::span(words).subspan(1), "-"), "b-c");
  EXPECT_EQ(engine::joined({}), "");
}

TEST(Utf8, DecodesCharactersOfAnyLength) {
  const std::array<std::pair<std::string_view, std::uint32_t>, 6> characters = {
      {{"a", 'a'},
       {"\xC2\x80", 0x80},
       {"\xE0\xA0\x80", 0x800},
       {"\xEF\xBF\xBD", 0xFFFD},
       {"\xF0\x90\x80\x80", 0x10000},
       {"\xF4\x8F\xBF\xBF", 0x10FFFF}}};
  for (const auto& [bytes, code_point] : characters) {
    const auto character = engine::decode_utf8(std::string(bytes) + "x");
    ASSERT_TRUE(character) << bytes;
    EXPECT_EQ(character->code_point, code_point);
    EXPECT_EQ(character->size, bytes.size());
  }
}

TEST(Utf8, RefusesWhatIsNone) {
  for (const std::string_view bytes :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xE2\x82", "\xE2\x28\xA1"}) {
    EXPECT_FALSE(engine::decode_utf8(bytes)) << bytes;
  }
}

TEST(Utf8, CountsAndCutsAtCharacters) {
  EXPECT_EQ(engine::count_characters("a\xC3\xA4\xE2\x82\xAC"), 3U);
  EXPECT_EQ(engine::first_bytes("a\xC3\xA4", 2), "a");
  EXPECT_EQ(engine::first_bytes("a\xC3\xA4", 3), "a\xC3\xA4");
}

TEST(RepositoryPath, HasADirectoryAndAName) {
  EXPECT_EQ(engine::directory_of("a/b/c.yaml"), "a/b");
  EXPECT_EQ(engine::directory_of("c.yaml"), "");
  EXPECT_EQ(engine::file_name("a/b/c.yaml"), "c.yaml");
  EXPECT_EQ(engine::file_name("c.yaml"), "c.yaml");
}

TEST(WriteAll, WaitsForRoomInAFullPipe) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  ASSERT_EQ(::fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
  const std::string sent(1U << 20U, 'x');
  std::size_t received = 0;
  std::thread reader([&] {
    std::array<char, 4096> buffer{};
    for (ssize_t count = 1; count > 0;) {
      count = ::read(ends[0], buffer.data(), buffer.size());
      received += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
  });
  EXPECT_EQ(engine::write_all(ends[1], sent), 0);
  ::close(ends[1]);
  reader.join();
  ::close(ends[0]);
  EXPECT_EQ(received, sent.size());
}

TEST(WriteAll, SaysWhatStoppedIt) {
  EXPECT_EQ(engine::write_all(-1, "x"), EBADF);
}

}  // namespace
