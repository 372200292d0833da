#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "mcp/input.h"
#include "mcp/options.h"

namespace {

constexpr const char* kOverlong = "<overlong>";

class LineSplitter : public ::testing::Test {
 protected:
  std::vector<std::string> lines_;
  mcp::LineSplitter splitter_{5, [this](std::optional<std::string_view> line) {
                                lines_.emplace_back(line.value_or(kOverlong));
                              }};
};

using Lines = std::vector<std::string>;

TEST_F(LineSplitter, CutsAtNewlinesWhateverThePieces) {
  for (const char* piece : {"a", "b\nc", "\n\n", "d"}) {
    splitter_.feed(piece);
  }
  EXPECT_EQ(lines_, (Lines{"ab", "c", ""}));
}

TEST_F(LineSplitter, TheLastLineNeedsNoEnd) {
  splitter_.feed("a\nb");
  splitter_.finish();
  EXPECT_EQ(lines_, (Lines{"a", "b"}));
}

TEST_F(LineSplitter, NothingAfterTheLastEndIsNoLine) {
  splitter_.feed("a\n");
  splitter_.finish();
  EXPECT_EQ(lines_, (Lines{"a"}));
}

TEST_F(LineSplitter, ALineOfTheLimitPassesAndOneByteMoreDoesNot) {
  splitter_.feed("12345\n123456\n1\n");
  EXPECT_EQ(lines_, (Lines{"12345", kOverlong, "1"}));
}

TEST_F(LineSplitter, AnOverlongLineIsReportedOnceAtItsEnd) {
  splitter_.feed("1234");
  splitter_.feed("56");
  splitter_.feed(std::string(1000, 'x'));
  EXPECT_EQ(lines_, Lines{});
  splitter_.feed("\nb\n");
  EXPECT_EQ(lines_, (Lines{kOverlong, "b"}));
}

TEST_F(LineSplitter, AnOverlongLineAtTheEndIsReported) {
  splitter_.feed("123456");
  splitter_.finish();
  EXPECT_EQ(lines_, (Lines{kOverlong}));
}

TEST_F(LineSplitter, OtherSeparatorsAreOrdinaryBytes) {
  splitter_.feed("\xe2\x80\xa8\r\n");
  EXPECT_EQ(lines_, (Lines{"\xe2\x80\xa8\r"}));
}

TEST(Limits, LetALineOfFourMebibytesPassAndNoLongerOne) {
  constexpr std::size_t kFourMebibytes = 4'194'304;
  std::vector<bool> passed;
  mcp::LineSplitter splitter(mcp::Limits().line_bytes, [&](std::optional<std::string_view> line) {
    passed.push_back(line.has_value());
  });
  for (const std::size_t size : {kFourMebibytes, kFourMebibytes + 1}) {
    splitter.feed(std::string(size, 'x') + "\n");
  }
  EXPECT_EQ(passed, (std::vector<bool>{true, false}));
}

}  // namespace
