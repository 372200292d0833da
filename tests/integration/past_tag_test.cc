// Tags that a place has had are written back: only the history proves them, and whatever their
// form, they are read as what they were.
#include "engine/manifest/past_tag.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <type_traits>
#include <vector>

#include <gtest/gtest.h>

#include "engine/git/object_store.h"
#include "engine/manifest/edit.h"
#include "tests/support/expect_ok.h"
#include "tests/support/git_sandbox.h"

namespace {

namespace fs = std::filesystem;
using test::ok;

// Neither text nor a value that is made up is a tag.
static_assert(!std::is_constructible_v<engine::PastValue, std::string>);
static_assert(!std::is_constructible_v<engine::PastTag, std::string>);
static_assert(!std::is_constructible_v<engine::WritableTag, std::string>);
static_assert(!std::is_default_constructible_v<engine::PastValue>);

class PastTagTest : public testing::Test {
 protected:
  // The value of a place that has had it.
  engine::PastValue past(const std::string& value) {
    const fs::path work = sandbox_.path() / ("work" + std::to_string(count_++));
    sandbox_.git(sandbox_.path(), {"init", "--quiet", work.string()});
    std::ofstream(work / "value") << value;
    sandbox_.git(work, {"add", "."});
    sandbox_.git(work, {"commit", "--quiet", "-m", "A"});
    const auto store = engine::GitObjectStore::open(work);
    const auto head = engine::CommitId::parse(sandbox_.git(work, {"rev-parse", "HEAD"}));
    const engine::ReadValue read = [](std::string_view bytes) { return std::string(bytes); };
    const std::function<bool()> go_on = [] { return true; };
    return *store->past_values(*head, {test::repository_path("value"), read, 1, go_on}).value;
  }
  engine::PastTag tag(const std::string& text) { return *engine::PastTag::of(past(text)); }

  std::string edited(const std::string& bytes, const std::string& text,
                     const engine::TagLocation& place = {.image_name = "app"}) {
    const auto edit = engine::set_image_tag("k.yaml", bytes, place, tag(text));
    EXPECT_TRUE(ok(edit));
    return edit ? edit->bytes : std::string();
  }

  test::GitSandbox sandbox_;
  int count_ = 0;
};

TEST_F(PastTagTest, IsATagOrATagWithItsDigest) {
  const std::string digest = "@sha256:" + std::string(64, 'a');
  for (const std::string& value :
       {std::string("v1"), std::string("1.10"), std::string("pr-42-A1B2C3D"), "v1" + digest}) {
    EXPECT_TRUE(engine::PastTag::of(past(value))) << value;
  }
  for (const std::string& value :
       {std::string("${TAG}"), std::string("a b"), std::string("repo:v1"), std::string("a/b"),
        digest, digest.substr(1), "v1" + digest + "a", std::string("v1@sha256:a"),
        std::string("v1\n"), std::string("{{ .Values.tag }}")}) {
    EXPECT_FALSE(engine::PastTag::of(past(value))) << value;
  }
}

TEST_F(PastTagTest, GetsQuotesWhereItWouldBeReadAsSomethingElse) {
  const auto entry = [](const std::string& tag) {
    return "images:\n  - name: app\n    newTag: " + tag + " # set\n";
  };
  for (const char* text : {"1.10", "2026-01-01", "0123456", "null", "1e5"}) {
    EXPECT_EQ(edited(entry("v1"), text), entry("\"" + std::string(text) + "\""));
    EXPECT_EQ(edited(entry("'v1'"), text), entry("'" + std::string(text) + "'")) << "as they are";
    EXPECT_EQ(edited(entry("\"v1\""), text), entry("\"" + std::string(text) + "\""));
  }
  EXPECT_EQ(edited(entry("v1"), "1.2.3"), entry("1.2.3"));
  const std::string pinned = "v1@sha256:" + std::string(64, 'a');
  EXPECT_EQ(edited(entry("v2"), pinned), entry(pinned));
}

TEST_F(PastTagTest, IsAddedWhereThereIsNone) {
  EXPECT_EQ(edited("images:\n  - name: app\n", "1.10"),
            "images:\n  - name: app\n    newTag: \"1.10\"\n");
  EXPECT_EQ(edited("images: [{name: app}]\n", "1.10"), "images: [{name: app, newTag: \"1.10\"}]\n");
  EXPECT_EQ(edited("images: [{name: app}]\n", "v1"), "images: [{name: app, newTag: v1}]\n");
  EXPECT_EQ(edited("{\"images\": [{\"name\": \"app\"}]}\n", "1.10"),
            "{\"images\": [{\"name\": \"app\", \"newTag\": \"1.10\"}]}\n");
  EXPECT_EQ(edited("images:\n  - name: app\n    newTag:\n", "1.10"),
            "images:\n  - name: app\n    newTag: \"1.10\"\n");
}

TEST_F(PastTagTest, OfOtherPlaces) {
  EXPECT_EQ(edited("image:\n  tag: v2\n", "1.10", {.type = "helm-values", .image_name = "app"}),
            "image:\n  tag: \"1.10\"\n");
  EXPECT_EQ(edited("image: acme/app:v2\n", "1.10",
                   {.type = "image-reference", .image_name = "acme/app", .path = ".image"}),
            "image: acme/app:1.10\n")
      << "with its name it is a string";
}

}  // namespace
