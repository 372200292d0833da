#include "engine/git/work_tree_filters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using engine::failed_filters;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<std::pair<std::string, std::string>> kSettings = {
    {"filter.lfs.clean", "git-lfs clean -- %f"},
    {"filter.lfs.smudge", "git-lfs smudge -- %f"},
    {"filter.lfs.process", "git-lfs filter-process"},
    {"filter.git.crypt.smudge", "\"git-crypt\" smudge"},
    {"filter.none.smudge", ""},
    {"filter.a=b.smudge", "x"},
};

TEST(FailedFilters, AreToldByTheirNamesAndByTheirCommands) {
  for (const char* const err :
       {"git-lfs filter-process: 1: git-lfs: not found\n"
        "error: initialization for subprocess 'git-lfs filter-process' failed\n"
        "fatal: a.bin: smudge filter lfs failed",
        "git-lfs filter-process: 1: git-lfs: not found\nfatal: the remote end hung up unexpectedly",
        "git-lfs filter-process: line 1: git-lfs: command not found\n",
        "error: external filter 'git-lfs smudge -- %f' failed 127\n",
        "fatal: a.bin: clean filter 'lfs' failed"}) {
    EXPECT_THAT(failed_filters(err, kSettings), ElementsAre("lfs")) << err;
  }
  EXPECT_THAT(failed_filters("fatal: x: smudge filter git.crypt failed", kSettings),
              ElementsAre("git.crypt"));
}

TEST(FailedFilters, AreNoneWhereSomethingElseFailed) {
  for (const char* const err :
       {"", "fatal: Unable to create '/c/.git/index.lock': File exists.",
        "fatal: the remote end hung up unexpectedly", "fatal: x: smudge filter a=b failed"}) {
    EXPECT_THAT(failed_filters(err, kSettings), IsEmpty()) << err;
  }
}

TEST(WithoutFilters, TurnsOffAllThatAFilterDoes) {
  EXPECT_THAT(engine::without_filters({"lfs"}),
              ElementsAre("-c", "filter.lfs.smudge=", "-c", "filter.lfs.clean=", "-c",
                          "filter.lfs.process=", "-c", "filter.lfs.required=false"));
}

TEST(FiltersWarning, NamesFilterAndProgramAndPromisesNothing) {
  const std::string warning =
      engine::filters_warning({"lfs"},
                              "fatal: the remote end hung up unexpectedly\ngit-lfs filter-process: "
                              "1: git-lfs: not found\n");
  EXPECT_THAT(warning, HasSubstr("filter 'lfs'"));
  EXPECT_THAT(warning, HasSubstr("git-lfs filter-process: 1: git-lfs: not found."));
  EXPECT_THAT(warning, HasSubstr("install Git LFS (git-lfs)"));
  EXPECT_THAT(warning, testing::Not(HasSubstr("next rollout")));
}

}  // namespace
