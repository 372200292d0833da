#include "engine/base/image_tag.h"

#include <gtest/gtest.h>

namespace {

using engine::CommitId;
using engine::ImageTag;
using engine::PrNumber;

const std::string commit = "a1b2c3def0123456789a0123456789a012345678";

TEST(ImageTag, IsThePullRequestAndTheFirstSevenOfTheCommit) {
  const ImageTag tag(*PrNumber::make(42), *CommitId::parse(commit));
  EXPECT_EQ(tag.text(), "pr-42-a1b2c3d");
  EXPECT_EQ(tag.pr_number().value(), 42);
}

TEST(ImageTag, ParsesWhatItWrites) {
  const auto tag = ImageTag::parse("pr-42-a1b2c3d");
  ASSERT_TRUE(tag);
  EXPECT_EQ(*tag, ImageTag(*PrNumber::make(42), *CommitId::parse(commit)));
}

TEST(ImageTag, RefusesEverythingElse) {
  for (const char* text : {"",
                           "pr-",
                           "pr-42",
                           "pr-42-",
                           "ps-42-a1b2c3d",
                           "PR-42-a1b2c3d",
                           "pr-0-a1b2c3d",
                           "pr-042-a1b2c3d",
                           "pr--1-a1b2c3d",
                           "pr-+4-a1b2c3d",
                           "pr-42-a1b2c3",
                           "pr-42-a1b2c3d4",
                           "pr-42-A1B2C3D",
                           "pr-42-g1b2c3d",
                           " pr-42-a1b2c3d",
                           "pr-42-a1b2c3d\n",
                           "pr-4 2-a1b2c3d",
                           "pr-42-a1b2c3d-x",
                           "xpr-42-a1b2c3d",
                           "latest",
                           "pr-9007199254740992-a1b2c3d",
                           "pr-99999999999999999999-a1b2c3d"}) {
    EXPECT_FALSE(ImageTag::parse(text)) << text;
  }
  EXPECT_FALSE(ImageTag::parse(std::string_view("pr-42-a1b2c3d\0", 14)));
}

TEST(CommitId, IsAFullIdOnly) {
  EXPECT_TRUE(CommitId::parse(commit));
  EXPECT_TRUE(CommitId::parse(std::string(64, 'a')));
  EXPECT_FALSE(CommitId::parse("a1b2c3d"));
  EXPECT_FALSE(CommitId::parse(std::string(40, 'A')));
  EXPECT_FALSE(CommitId::parse(std::string(40, 'g')));
  EXPECT_FALSE(CommitId::parse(std::string(41, 'a')));
}

TEST(CommitId, IsCutToSevenOfASha256IdToo) {
  EXPECT_EQ(CommitId::parse(std::string(64, 'b'))->short_sha(), "bbbbbbb");
}

TEST(PrNumber, IsPositiveAndAtMostWhatJsonCarriesExactly) {
  EXPECT_FALSE(PrNumber::make(0));
  EXPECT_FALSE(PrNumber::make(-1));
  EXPECT_TRUE(PrNumber::make(1));
  EXPECT_TRUE(PrNumber::make(9007199254740991));
  EXPECT_FALSE(PrNumber::make(9007199254740992));
}

TEST(PrNumber, IsReadFromDigitsWithoutAZeroBeforeThem) {
  EXPECT_EQ(PrNumber::parse("42"), PrNumber::make(42));
  EXPECT_EQ(PrNumber::parse("9007199254740991"), PrNumber::make(9007199254740991));
  for (const char* const text : {"", "0", "042", "-1", "+1", " 1", "1 ", "1a", "0x1",
                                 "9007199254740992", "99999999999999999999"}) {
    EXPECT_FALSE(PrNumber::parse(text)) << text;
  }
}

}  // namespace
