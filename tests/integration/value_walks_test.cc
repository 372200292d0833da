// Whom a status, a rollout and a history name as the one who set a value: each walks through the
// history in its own way, and they must name the same commit. By histories made at random.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/git/object_store.h"
#include "engine/manifest/edit.h"
#include "tests/support/git_sandbox.h"
#include "tests/support/random_seed.h"

namespace test {
namespace {

namespace fs = std::filesystem;

using engine::CommitId;
using engine::GitObjectStore;

const std::vector<std::string> kPaths = {"apps/k.yaml", "old/k.yaml", "apps/backend/k.yaml"};
const std::vector<std::string> kImages = {"backend", "frontend", "third"};

// What a commit has: the tags of the images, and where the file with them is.
struct Tree {
  std::vector<std::string> tags;
  std::size_t path = 0;
  bool is_there = true;
  bool is_other_text = false;

  std::string text() const {
    std::string out = is_other_text ? "# another text\n# that has\n# nothing in common\n# at all\n"
                                      "# with the one\n# that was\n# there before\n"
                                    : "apiVersion: kustomize.config.k8s.io/v1beta1\n"
                                      "kind: Kustomization\nresources: [deployment.yaml]\n";
    out += "images:\n";
    for (std::size_t i = 0; i < tags.size(); ++i) {
      out += "  - name: " + kImages[i] + "\n    newTag: " + tags[i] + "\n";
    }
    return out;
  }
};

class ValueWalks : public testing::Test {
 protected:
  std::size_t below(std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most - 1)(random_);
  }
  bool chance(int percent) { return below(100) < static_cast<std::size_t>(percent); }
  std::string any_tag() { return "v" + std::to_string(below(4)); }

  // The tree of a commit with these parents: it is that of one of them, each tag may be another
  // one's (a merge that keeps its own, or takes a value that was there before), the file may be
  // moved, go, or become another text.
  Tree make_tree(const std::vector<const Tree*>& parents) {
    Tree tree = *parents[chance(70) ? 0 : below(parents.size())];
    for (std::size_t i = 0; i < tree.tags.size(); ++i) {
      if (parents.size() > 1 && chance(50)) {
        tree.tags[i] = parents[below(parents.size())]->tags[i];
      }
      if (chance(parents.size() > 1 ? 10 : 30)) {
        tree.tags[i] = any_tag();
      }
    }
    if (chance(15)) {
      tree.path = below(kPaths.size());
    }
    tree.is_there = chance(95);
    tree.is_other_text = chance(5) != tree.is_other_text;
    return tree;
  }

  void make_history() {
    constexpr std::size_t kCommits = 30;
    std::vector<Tree> trees;
    std::ostringstream stream;
    for (std::size_t i = 0; i < kCommits; ++i) {
      std::vector<std::size_t> parents;
      if (i > 0 && !chance(3)) {
        parents.push_back(i - 1 - (chance(60) ? 0 : below(std::min<std::size_t>(i, 4))));
        for (int more = 0; more < 2 && chance(more == 0 ? 40 : 10); ++more) {
          const std::size_t other = i - 1 - below(std::min<std::size_t>(i, 5));
          if (std::ranges::find(parents, other) == parents.end()) {
            parents.push_back(other);
          }
        }
      }
      std::vector<const Tree*> before;
      for (const std::size_t parent : parents) {
        before.push_back(&trees[parent]);
      }
      const Tree first{.tags = {any_tag(), any_tag(), any_tag()}};
      const bool is_last = i + 1 == kCommits;
      Tree tree = before.empty() ? first : make_tree(before);
      tree.is_there = tree.is_there || is_last;
      tree.path = is_last ? 0 : tree.path;
      write(stream, i, parents, tree);
      trees.push_back(std::move(tree));
    }
    stream << "done\n";
    fs::remove_all(work_);
    sandbox_.git(sandbox_.path(), {"init", "--quiet", "--initial-branch=main", work_.string()});
    std::ofstream(sandbox_.path() / "stream", std::ios::binary) << stream.str();
    ASSERT_EQ(sandbox_.shell(work_, "git fast-import --quiet --force --done < ../stream"), 0);
  }

  void write(std::ostream& stream, std::size_t number, const std::vector<std::size_t>& parents,
             const Tree& tree) {
    const std::string text = tree.text();
    const std::string words = "commit " + std::to_string(number);
    stream << "commit refs/heads/main\nmark :" << number + 1 << "\ncommitter P" << number
           << " <p@example.com> " << 1600000000 + number * 60 + below(90) << " +0000\ndata "
           << words.size() << "\n"
           << words << "\n";
    if (parents.empty() && number > 0) {
      stream << "from 0000000000000000000000000000000000000000\n";
    }
    for (std::size_t i = 0; i < parents.size(); ++i) {
      stream << (i == 0 ? "from :" : "merge :") << parents[i] + 1 << "\n";
    }
    stream << "deleteall\nM 100644 inline number\ndata " << words.size() << "\n" << words << "\n";
    if (tree.is_there) {
      stream << "M 100644 inline " << kPaths[tree.path] << "\ndata " << text.size() << "\n"
             << text << "\n";
    }
  }

  static std::optional<std::string> read(std::string_view bytes, const std::string& image) {
    return engine::read_image_tag(kPaths[0], bytes, {.image_name = image}).value_or(std::nullopt);
  }

  void expect_one_truth(const std::string& where) {
    const auto store = GitObjectStore::open(work_);
    const auto head = CommitId::parse(sandbox_.git(work_, {"rev-parse", "main"}));
    const auto bytes =
        store->read_file(*head, repository_path(kPaths[0]), "the head").value_or(std::string());
    std::vector<engine::ValuePlace> places;
    for (const std::string& image : kImages) {
      places.push_back({kPaths[0], read(bytes, image).value_or("")});
    }
    const auto go_on = [] { return true; };
    const auto all = store->value_origins(
        *head, places,
        [](const std::vector<std::size_t>& numbers, std::string_view there) {
          std::vector<std::optional<std::string>> values;
          for (const std::size_t number : numbers) {
            values.push_back(read(there, kImages[number]));
          }
          return values;
        },
        go_on);
    for (std::size_t i = 0; i < kImages.size(); ++i) {
      const engine::ReadValue reading = [&](std::string_view there) {
        return read(there, kImages[i]);
      };
      const auto path = repository_path(kPaths[0]);
      const auto one = store->value_origin(*head, path, places[i].value, reading, go_on);
      const auto history =
          store->past_values(*head, {.path = path, .read = reading, .limit = 50, .go_on = go_on});
      ASSERT_TRUE(all[i] && one && !history.changes.empty()) << where << ", " << kImages[i];
      EXPECT_EQ(all[i]->commit.text(), one->commit.text()) << where << ", " << kImages[i];
      EXPECT_EQ(one->commit.text(), history.changes.front().commit.text()) << where;
      EXPECT_EQ(all[i]->by.author, one->by.author);
      EXPECT_EQ(history.end, engine::PastValues::End::beginning) << where;
      expect_set_by(one->commit.text(), places[i].value, kImages[i], where);
    }
  }

  // The commit has the value, and a parent of it has not; unless its file is not what git calls the
  // parent's.
  void expect_set_by(const std::string& commit, const std::string& value, const std::string& image,
                     const std::string& where) {
    EXPECT_THAT(values_of(commit, image), testing::Contains(value)) << where;
    std::istringstream ids(sandbox_.git(work_, {"log", "-1", "--format=%P", commit}));
    std::string parent;
    bool is_new = true;
    while (ids >> parent) {
      is_new = false;
      ++parents_;
      const std::string added = sandbox_.git(
          work_, {"diff-tree", "-r", "-M", "--diff-filter=A", "--name-only", parent, commit});
      if (!added.empty() || values_of(parent, image) != std::vector<std::string>{value}) {
        return;
      }
    }
    EXPECT_TRUE(is_new) << where << ": each parent of " << commit << " has " << value;
  }
  std::vector<std::string> values_of(const std::string& commit, const std::string& image) {
    std::vector<std::string> values;
    const auto store = GitObjectStore::open(work_);
    for (const std::string& path : kPaths) {
      const auto bytes =
          store->read_file(*CommitId::parse(commit), repository_path(path), "a commit");
      if (const auto value = bytes ? read(*bytes, image) : std::nullopt) {
        values.push_back(*value);
      }
    }
    return values;
  }

  GitSandbox sandbox_;
  fs::path work_ = sandbox_.path() / "work";
  std::mt19937 random_;
  std::size_t parents_ = 0;
};

TEST_F(ValueWalks, NameTheSameCommit) {
  const unsigned seed = test::random_seed(20261130U);
  random_.seed(seed);
  constexpr int kHistories = 60;
  for (int number = 0; number < kHistories && !HasFailure(); ++number) {
    make_history();
    expect_one_truth("seed " + std::to_string(seed) + ", history " + std::to_string(number));
  }
  EXPECT_GT(parents_, 60U) << "most values are set on top of others";
}

}  // namespace
}  // namespace test
