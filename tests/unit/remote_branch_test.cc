#include <gtest/gtest.h>

#include "engine/flux/remote_head.h"

namespace {

using engine::parse_remote_branch;

const std::string kId(40, 'a');

TEST(RemoteBranch, IsMainWhereThereIsOne) {
  EXPECT_EQ(parse_remote_branch("ref: refs/heads/develop\tHEAD\n" + kId + "\tHEAD\n" + kId +
                                "\trefs/heads/main\n"),
            "main");
}

TEST(RemoteBranch, IsElseTheOneThatHeadNames) {
  EXPECT_EQ(parse_remote_branch("ref: refs/heads/team/trunk\tHEAD\n" + kId + "\tHEAD\n"),
            "team/trunk");
  EXPECT_EQ(parse_remote_branch("ref: refs/heads/x\trefs/remotes/o/HEAD\n" +
                                ("ref: refs/heads/trunk\tHEAD\n" + kId) + "\tHEAD"),
            "trunk");
}

TEST(RemoteBranch, IsNoneOfAnEmptyOrDetachedRemote) {
  EXPECT_EQ(parse_remote_branch(""), std::nullopt);
  EXPECT_EQ(parse_remote_branch(kId + "\tHEAD\n"), std::nullopt);
  EXPECT_EQ(parse_remote_branch("ref: refs/heads/a..b\tHEAD\n"), std::nullopt);
}

TEST(RemoteBranch, IsListedOrNot) {
  const std::string output = "ref: refs/heads/main\tHEAD\n" + kId + "\tHEAD\n" + kId +
                             "\trefs/heads/staging\n" + kId + "\trefs/remotes/x/refs/heads/live";
  EXPECT_TRUE(engine::lists_branch(output, "staging"));
  EXPECT_FALSE(engine::lists_branch(output, "stag"));
  EXPECT_FALSE(engine::lists_branch(output, "main")) << "HEAD names it, and it is not there";
  EXPECT_FALSE(engine::lists_branch(output, "live"));
  EXPECT_FALSE(engine::lists_branch("", "main"));
}

}  // namespace
