// The trees and manifests of a commit, with limits that are small enough to be reached.
#include "engine/manifest/tree_listing.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/manifest/tree.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace {

using engine::CommitId;
using engine::ManifestTree;
using engine::TreeLimits;
using engine::TreeListing;
using test::GitSandbox;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class TreeListingTest : public testing::Test {
 protected:
  // A clone whose only commit has these files.
  TreeListingTest() {
    const std::string script =
        "git init -q -b main tree && cd tree && mkdir -p a/b/c z && echo 'images: [{name: one}]' "
        ">a/kustomization.yaml && cp a/kustomization.yaml a/b/ && cp a/kustomization.yaml a/b/c/ "
        "&& "
        "cp a/kustomization.yaml z/ && ln -s a link && echo x >z/readme.md && git add . && git "
        "commit -qm Files";
    EXPECT_EQ(sandbox_.shell(sandbox_.path(), script), 0);
    clone_ = sandbox_.path() / "tree";
    commit_ = CommitId::parse(sandbox_.git(clone_, {"rev-parse", "HEAD"}));
  }

  TreeListing list(const TreeLimits& limits) {
    engine::start_libgit2();
    const engine::GitRepository repository = engine::open_clone(clone_);
    const auto odb = engine::git_new<engine::GitOdb>(git_repository_odb, repository.get());
    auto listed = engine::list_tree(repository.get(), odb.get(), *commit_, {}, limits);
    EXPECT_TRUE(test::ok(listed));
    return std::move(*listed);
  }

  static std::vector<std::string> paths(const TreeListing& listing) {
    std::vector<std::string> out;
    for (const engine::ListedFile& listed : listing.files) {
      out.push_back(listed.path);
    }
    return out;
  }

  GitSandbox sandbox_;
  std::filesystem::path clone_;
  std::optional<CommitId> commit_;
};

TEST_F(TreeListingTest, HasManifestsAndLinksOnly) {
  const TreeListing all = list({});
  EXPECT_THAT(paths(all), ElementsAre("a/b/c/kustomization.yaml", "a/b/kustomization.yaml",
                                      "a/kustomization.yaml", "link", "z/kustomization.yaml"));
  EXPECT_THAT(all.omissions, IsEmpty());
}

TEST_F(TreeListingTest, CountsWhatIsTooDeep) {
  const TreeListing shallow = list({.depth = 2});
  EXPECT_THAT(paths(shallow), ElementsAre("a/b/kustomization.yaml", "a/kustomization.yaml", "link",
                                          "z/kustomization.yaml"));
  EXPECT_THAT(shallow.omissions, ElementsAre("not looked at: directories below 2 others (1)"));
}

TEST_F(TreeListingTest, EndsAfterSoManyEntriesOrFiles) {
  const TreeListing few = list({.entries = 5});
  EXPECT_THAT(paths(few), ElementsAre("a/kustomization.yaml", "link"));
  EXPECT_THAT(few.omissions, ElementsAre("not looked at: what follows 5 files and directories, of "
                                         "which 2 are manifests"));
  EXPECT_THAT(paths(list({.files = 3})), SizeIs(3));
}

TEST_F(TreeListingTest, CountsLongPathsAndLargeDirectories) {
  EXPECT_THAT(list({.path_bytes = 22}).omissions,
              ElementsAre("not looked at: paths of more than 22 bytes (1)"));
  const TreeListing none = list({.tree_bytes = 1});
  EXPECT_THAT(none.files, IsEmpty());
  EXPECT_THAT(none.omissions, SizeIs(1));
}

TEST_F(TreeListingTest, ReadsAsManyManifestsAsTheLimitsAllow) {
  const auto read = [&](const engine::ManifestLimits& limits) {
    auto tree = ManifestTree::read(clone_, *commit_, {}, limits);
    EXPECT_TRUE(test::ok(tree));
    std::size_t known = 0;
    for (const engine::ManifestFile& file : tree->files()) {
      known += file.summary.kustomization ? 1 : 0;
    }
    return std::pair(known, tree->omissions());
  };
  EXPECT_EQ(read({}).first, 4U);
  EXPECT_THAT(read({}).second, IsEmpty());
  const auto [known, omissions] = read({.summary = 2});
  EXPECT_EQ(known, 2U);
  EXPECT_THAT(omissions, ElementsAre("not read: 2 manifests, since those before them are too large "
                                     "together"));
  EXPECT_EQ(read({.bytes = 50}).first, 2U);
}

TEST_F(TreeListingTest, SaysWhichFilesAreNoManifests) {
  const std::string script =
      "printf 'version https://git-lfs.github.com/spec/v1\\noid sha256:1\\n' >lfs.yaml && "
      "head -c 4194305 /dev/zero >large.yaml && git add . && git commit -qm More";
  ASSERT_EQ(sandbox_.shell(clone_, script), 0);
  const auto commit = CommitId::parse(sandbox_.git(clone_, {"rev-parse", "HEAD"}));
  const auto tree = ManifestTree::read(clone_, *commit, {});
  ASSERT_TRUE(test::ok(tree));
  EXPECT_EQ(tree->find("lfs.yaml")->summary.problem, "it is a Git LFS pointer, not a manifest");
  EXPECT_EQ(tree->find("large.yaml")->summary.problem, "it has 4194305 bytes, too many");
}

TEST_F(TreeListingTest, EndsWhenItIsTold) {
  std::stop_source source;
  source.request_stop();
  EXPECT_TRUE(test::fails(ManifestTree::read(clone_, *commit_, source.get_token()),
                          engine::Code::cancelled));
}

}  // namespace
