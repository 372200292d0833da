// An answer to a lookup is put in words once, for as long as its catalog is the same.
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/local_files.h"
#include "engine/checkout/project_memo.h"
#include "engine/config/catalog.h"
#include "engine/config/catalog_cache.h"
#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"
#include "tools/lookup_answers.h"

namespace {

using testing::HasSubstr;

std::shared_ptr<const engine::Catalog> catalog_with(const std::string& image) {
  auto parsed = engine::Catalog::parse(
      R"({"services": {"papi": {"imageGroup": "g"}, "mail": {"imageGroup": "g"}},
          "imageGroups": {"g": {"file": "k.yaml", "imageName": ")" +
          image + R"("}}})",
      "/catalog/services.json");
  EXPECT_TRUE(test::ok(parsed));
  return std::make_shared<const engine::Catalog>(std::move(*parsed));
}

class LookupAnswers : public testing::Test {
 protected:
  std::shared_ptr<const std::string> find(const engine::LookupSource& source,
                                          const std::string& service) {
    const auto found = answers_.find(source, service);
    EXPECT_TRUE(test::ok(found));
    return found ? found->members : nullptr;
  }

  tools::LookupAnswers answers_;
};

TEST_F(LookupAnswers, AreMadeOnceForEachService) {
  const engine::LookupSource source{catalog_with("ghcr.io/papi"), {}};
  const auto papi = find(source, "papi");
  EXPECT_THAT(*papi, HasSubstr(R"("service":"papi")"));
  EXPECT_THAT(*papi, HasSubstr("ghcr.io/papi"));
  EXPECT_THAT(*find(source, "mail"), HasSubstr(R"("service":"mail")"));
  EXPECT_EQ(find(source, "papi"), papi);
}

TEST_F(LookupAnswers, AreMadeAgainForAnotherCatalog) {
  const auto before = find({catalog_with("one"), {}}, "papi");
  EXPECT_THAT(*find({catalog_with("two"), {}}, "papi"), HasSubstr(R"("imageName":"two")"));
  EXPECT_THAT(*before, HasSubstr(R"("imageName":"one")"));
}

TEST_F(LookupAnswers, HaveTheWarningsOfTheirCall) {
  const auto catalog = catalog_with("one");
  const auto plain = find({catalog, {}}, "papi");
  EXPECT_THAT(*find({catalog, {"It is of another environment."}}, "papi"),
              HasSubstr("of another environment"));
  EXPECT_EQ(find({catalog, {}}, "papi"), plain);
}

TEST_F(LookupAnswers, DoNotKeepTheCatalog) {
  auto catalog = catalog_with("one");
  const std::weak_ptr<const engine::Catalog> watched = catalog;
  find({std::move(catalog), {}}, "papi");
  EXPECT_TRUE(watched.expired());
}

TEST_F(LookupAnswers, ThatAreRefusalsAreMadeEachTime) {
  const engine::LookupSource source{catalog_with("one"), {}};
  for (int i = 0; i < 2; ++i) {
    EXPECT_TRUE(test::fails(answers_.find(source, "pap"), engine::Code::unknown_service));
  }
}

// Each of them is right, even if more were asked for than are kept.
TEST_F(LookupAnswers, AreAFewAtATime) {
  std::string services;
  const std::size_t count = tools::LookupAnswers::kMaxKept + 10;
  for (std::size_t i = 0; i < count; ++i) {
    services += (i == 0 ? "" : ",") + ("\"s" + std::to_string(i)) + R"(":{"imageGroup":"g"})";
  }
  auto parsed = engine::Catalog::parse(
      "{\"services\":{" + services + R"(},"imageGroups":{"g":{"file":"k","imageName":"i"}}})",
      "/services.json");
  ASSERT_TRUE(test::ok(parsed));
  const engine::LookupSource source{std::make_shared<const engine::Catalog>(std::move(*parsed)),
                                    {}};
  std::vector<std::weak_ptr<const std::string>> made;
  for (std::size_t i = 0; i < count; ++i) {
    const auto answer = find(source, "s" + std::to_string(i));
    EXPECT_THAT(*answer, HasSubstr("\"service\":\"s" + std::to_string(i) + "\""));
    made.push_back(answer);
  }
  EXPECT_LE(std::ranges::count_if(made, [](const auto& one) { return !one.expired(); }),
            static_cast<std::ptrdiff_t>(tools::LookupAnswers::kMaxKept));
}

// A project that is set to one of two rwenvs, each with a catalog of its own.
class SharedLook : public testing::Test {
 protected:
  SharedLook() {
    sandbox_.directory.write("home/.claude/rwenv/flux-infra-guide/dev/services.json",
                             catalog("one"));
    sandbox_.directory.write("home/.claude/rwenv/flux-infra-guide/live/services.json",
                             catalog("two"));
    set("dev");
  }

  static std::string catalog(const std::string& image) {
    return R"({"services": {"papi": {"imageGroup": "g"}},
               "imageGroups": {"g": {"file": "k.yaml", "imageName": ")" +
           image + R"("}}})";
  }
  void set(const std::string& rwenv) { sandbox_.directory.write("project/.claude/rwenv", rwenv); }

  std::string look_up(std::chrono::steady_clock::time_point arrived) {
    return look_up(arrived, sandbox_.project());
  }
  std::string look_up(std::chrono::steady_clock::time_point arrived,
                      const std::filesystem::path& project) {
    engine::Host host = sandbox_.host();
    host.catalogs = &catalogs_;
    host.local_files = local_files_;
    host.project_memo = project_memo_;
    engine::LookupRequest request;
    request.service = "papi";
    request.project.place = engine::ProjectPlace{project, "", {}};
    engine::CallContext call;
    call.since = arrived;
    const auto found = answers_.look_up(host, request, call);
    EXPECT_TRUE(test::ok(found));
    return found ? *found->members : "";
  }

  test::EngineHost sandbox_;
  // The files are old enough to be kept.
  static std::chrono::system_clock::time_point later() {
    return std::chrono::system_clock::now() + std::chrono::hours(1);
  }
  engine::CatalogCache catalogs_{later};
  std::shared_ptr<engine::LocalFiles> local_files_ = std::make_shared<engine::LocalFiles>(
      std::chrono::steady_clock::now, [](const std::filesystem::path&) { return true; });
  std::shared_ptr<engine::ProjectMemo> project_memo_ = std::make_shared<engine::ProjectMemo>(later);
  tools::LookupAnswers answers_;
};

TEST_F(SharedLook, IsForThoseWhoCameBeforeItBegan) {
  const auto before = std::chrono::steady_clock::now();
  ASSERT_THAT(look_up(before), HasSubstr(R"("imageName":"one")"));
  set("live");
  EXPECT_THAT(look_up(before), HasSubstr(R"("imageName":"one")"));
  const auto after = std::chrono::steady_clock::now();
  EXPECT_THAT(look_up(after), HasSubstr(R"("imageName":"two")"));
  EXPECT_THAT(look_up(before), HasSubstr(R"("imageName":"two")"));
}

// One that came earlier may begin to look late, because others were before it.
TEST_F(SharedLook, IsNoOlderThanItsBeginning) {
  sandbox_.directory.write("other/.claude/rwenv", "dev");
  ASSERT_THAT(look_up(std::chrono::steady_clock::now()), HasSubstr(R"("imageName":"one")"));
  const auto before = std::chrono::steady_clock::now();
  ASSERT_THAT(look_up(before), HasSubstr(R"("imageName":"one")"));
  ASSERT_THAT(look_up(before, sandbox_.directory.path() / "other"),
              HasSubstr(R"("imageName":"one")"));
  set("live");
  const auto after = std::chrono::steady_clock::now();
  look_up(before);
  EXPECT_THAT(look_up(after), HasSubstr(R"("imageName":"two")"));
}

}  // namespace
