#include "engine/import_catalog.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "engine/base/list_below.h"
#include "engine/config/catalog.h"
#include "engine/config/other_plugins.h"
#include "tests/support/engine_host.h"
#include "tests/support/expect_ok.h"

namespace {

namespace fs = std::filesystem;
using engine::Code;
using engine::OtherPlugin;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kCatalog = R"({
  "services": {"papi": {"imageGroup": "backend"}},
  "imageGroups": {"backend": {"file": "a/k.yaml", "imageName": "backend"}}
}
)";

class OtherPluginsTest : public testing::Test {
 protected:
  fs::path cache() const { return machine_.directory.path() / "home/.claude/plugins/cache"; }
  // A file of a plugin, given as "<marketplace>/<plugin>/<version>".
  fs::path write(const std::string& plugin, const std::string& file, const std::string& bytes) {
    return machine_.directory.write(cache() / plugin / file, bytes);
  }
  fs::path write_catalog(const std::string& plugin, const std::string& bytes = kCatalog) {
    return write(plugin, engine::kCatalogInPlugin, bytes);
  }
  std::vector<std::string> with_catalog() {
    std::vector<std::string> found;
    for (const OtherPlugin& plugin :
         engine::plugins_with_catalog(engine::find_other_plugins(machine_.host()))) {
      found.push_back(plugin.full_name() + " " + plugin.version);
    }
    return found;
  }
  std::vector<std::string> answering() {
    return engine::plugins_answering_to_rollout(engine::find_other_plugins(machine_.host()));
  }

  test::EngineHost machine_;
};

TEST_F(OtherPluginsTest, WithoutACacheThereAreNone) {
  EXPECT_THAT(engine::find_other_plugins(machine_.host()).versions, IsEmpty());
  machine_.variables.erase("HOME");
  EXPECT_THAT(engine::find_other_plugins(machine_.host()).versions, IsEmpty());
}

TEST_F(OtherPluginsTest, OfEachPluginTheNewestVersionCounts) {
  for (const char* version : {"1.9.0", "1.10.0", "1.10.0-rc.1", "0f1e2d3", "unknown"}) {
    write_catalog("acme/rwenv/" + std::string(version));
  }
  write("acme/rwenv/2.0.0", "README.md", "");  // has no catalog any more
  write_catalog("zeta/other/0.1.0");
  EXPECT_THAT(with_catalog(), ElementsAre("other@zeta 0.1.0", "rwenv@acme 1.10.0"));
}

TEST_F(OtherPluginsTest, VersionsThatAreNoNumbersAreComparedByTheirTime) {
  write_catalog("acme/rwenv/fff0000");
  write_catalog("acme/rwenv/000ffff");
  const auto set_age = [&](const char* version, int hours) {
    fs::last_write_time(cache() / "acme/rwenv" / version,
                        fs::file_time_type::clock::now() - std::chrono::hours(hours));
  };
  set_age("fff0000", 5);
  set_age("000ffff", 1);
  EXPECT_THAT(with_catalog(), ElementsAre("rwenv@acme 000ffff"));
  set_age("fff0000", 0);
  EXPECT_THAT(with_catalog(), ElementsAre("rwenv@acme fff0000"));
}

TEST_F(OtherPluginsTest, ThisProgramsOwnPluginIsNoOther) {
  write_catalog("rollout-mcp/rollout/0.1.0");
  write("rollout-mcp/rollout/0.1.0", "skills/rollout/SKILL.md", "");
  EXPECT_THAT(answering(), ElementsAre("rollout@rollout-mcp"));
  write("rollout-mcp/rollout/0.1.0", "bin/rollout-mcp", "");
  EXPECT_THAT(answering(), IsEmpty());
  EXPECT_THAT(with_catalog(), IsEmpty());
}

TEST_F(OtherPluginsTest, ASkillOrACommandAnswersToRollout) {
  write("acme/skilled/1.0.0", "skills/rollout/SKILL.md", "");
  write("acme/commanded/1.0.0", "commands/rollout.md", "");
  write("acme/neither/1.0.0", "skills/rollout-all/SKILL.md", "");
  write("acme/former/1.0.0", "commands/rollout.md", "");
  write("acme/former/1.1.0", "commands/deploy.md", "");
  EXPECT_THAT(answering(), ElementsAre("commanded@acme", "skilled@acme"));
}

TEST_F(OtherPluginsTest, LinksAndPipesAreNotFollowed) {
  const fs::path elsewhere = machine_.directory.path() / "elsewhere";
  machine_.directory.write(elsewhere / "1.0.0" / engine::kCatalogInPlugin, kCatalog);
  machine_.directory.write(elsewhere / "services.json", kCatalog);
  fs::create_directories(cache() / "acme");
  fs::create_directory_symlink(elsewhere, cache() / "acme/linked");
  fs::create_directory_symlink(elsewhere, cache() / "marketplace");
  fs::create_directories(cache() / "acme/versions");
  fs::create_directory_symlink(elsewhere / "1.0.0", cache() / "acme/versions/1.0.0");
  const fs::path data = (cache() / "acme/file/1.0.0" / engine::kCatalogInPlugin).parent_path();
  fs::create_directories(data);
  fs::create_symlink(elsewhere / "services.json", data / "services.json");
  const fs::path pipe = (cache() / "acme/pipe/1.0.0" / engine::kCatalogInPlugin);
  fs::create_directories(pipe.parent_path());
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  fs::create_directories(cache() / "acme/directory/1.0.0" / engine::kCatalogInPlugin);
  EXPECT_THAT(with_catalog(), IsEmpty());
}

TEST_F(OtherPluginsTest, AHugeDirectoryIsNotReadToItsEnd) {
  for (int i = 0; i < 1'001; ++i) {
    fs::create_directories(cache() / "acme" / ("p" + std::to_string(i)));
  }
  EXPECT_FALSE(engine::find_other_plugins(machine_.host()).is_all);
  fs::remove_all(cache() / "acme/p0");
  EXPECT_TRUE(engine::find_other_plugins(machine_.host()).is_all);
}

TEST_F(OtherPluginsTest, HiddenNamesAreLeftOut) {
  write_catalog("acme/.rwenv.new/1.0.0");
  write_catalog("acme/rwenv/.git");
  EXPECT_THAT(with_catalog(), IsEmpty());
}

class ImportCatalog : public OtherPluginsTest {
 protected:
  ImportCatalog() {
    write_envs(R"({"rwenvs": {"dev": {"fluxGitRepo": "https://git.example/f.git"},
                              "live": {"fluxGitRepo": "https://git.example/f.git"}}})");
  }
  void write_envs(const std::string& text) {
    machine_.directory.write(machine_.config() / "envs.json", text);
  }
  engine::Result<engine::ImportResult> import() {
    return engine::import_catalog(machine_.host(), {});
  }
  fs::path catalog_of(const std::string& rwenv) const {
    return machine_.config() / "flux-infra-guide" / rwenv / "services.json";
  }
  static std::vector<std::string> names_of(const std::vector<engine::CatalogOfRwenv>& catalogs) {
    std::vector<std::string> names;
    for (const engine::CatalogOfRwenv& catalog : catalogs) {
      names.push_back(catalog.rwenv);
    }
    return names;
  }
};

TEST_F(ImportCatalog, CopiesItForEveryRwenvAndSaysWhereItIsFrom) {
  const fs::path source = write_catalog("acme/rwenv/1.2.0");
  const auto result = import();
  ASSERT_TRUE(test::ok(result));
  EXPECT_EQ(result->plugin.full_name(), "rwenv@acme");
  EXPECT_EQ(result->source, source);
  EXPECT_EQ(result->service_count, 1U);
  EXPECT_THAT(names_of(result->imported), ElementsAre("dev", "live"));
  EXPECT_THAT(result->warnings, IsEmpty());
  for (const char* rwenv : {"dev", "live"}) {
    EXPECT_EQ(test::read_bytes(catalog_of(rwenv)), R"({
  "services": {"papi": {"imageGroup": "backend"}},
  "imageGroups": {"backend": {"file": "a/k.yaml", "imageName": "backend"}},
  "importedFrom": "rwenv@acme 1.2.0"
}
)");
    EXPECT_EQ(static_cast<unsigned>(fs::status(catalog_of(rwenv)).permissions()), 0644U);
  }
  EXPECT_EQ(test::read_bytes(source), kCatalog);
}

TEST_F(ImportCatalog, TheModeIsThatOfTheUsersUmask) {
  write_catalog("acme/rwenv/1.2.0");
  engine::Host host = machine_.host();
  host.creation_mask = 077;
  ASSERT_TRUE(test::ok(engine::import_catalog(host, {})));
  EXPECT_EQ(static_cast<unsigned>(fs::status(catalog_of("dev")).permissions()), 0600U);
}

TEST_F(ImportCatalog, WhatIsThereStaysWhateverItIs) {
  write_catalog("acme/rwenv/1.2.0");
  machine_.directory.write(catalog_of("dev"), "not JSON");
  fs::create_directories(catalog_of("live").parent_path());
  fs::create_symlink("/nonexistent", catalog_of("live"));
  const auto result = import();
  ASSERT_TRUE(test::ok(result));
  EXPECT_THAT(result->imported, IsEmpty());
  EXPECT_THAT(names_of(result->kept), ElementsAre("dev", "live"));
  EXPECT_EQ(test::read_bytes(catalog_of("dev")), "not JSON");
  EXPECT_TRUE(fs::is_symlink(catalog_of("live")));
}

TEST_F(ImportCatalog, TwiceChangesNothing) {
  write_catalog("acme/rwenv/1.2.0");
  ASSERT_TRUE(test::ok(import()));
  write_catalog("acme/rwenv/1.3.0");
  const auto again = import();
  ASSERT_TRUE(test::ok(again));
  EXPECT_THAT(again->imported, IsEmpty());
  EXPECT_THAT(test::read_bytes(catalog_of("dev")), HasSubstr("rwenv@acme 1.2.0"));
}

TEST_F(ImportCatalog, AnEarlierOriginStays) {
  write_catalog("acme/rwenv/1.2.0",
                R"({"importedFrom": "first@one 1", "services": {"papi": {}}, "imageGroups": {}})");
  ASSERT_TRUE(test::ok(import()));
  EXPECT_THAT(test::read_bytes(catalog_of("dev")), HasSubstr("first@one 1"));
  EXPECT_THAT(test::read_bytes(catalog_of("dev")), testing::Not(HasSubstr("rwenv@acme")));
}

TEST_F(ImportCatalog, OfSeveralPluginsTheFirstGoodOneByNameIsTakenAndTheOthersAreNamed) {
  write_catalog("acme/broken/1.0.0", "{\n  \"services\": 3\n}");
  write_catalog("acme/empty/1.0.0", R"({"services": {}})");
  write_catalog("acme/rwenv/1.0.0");
  write_catalog("acme/second/1.0.0");
  write_catalog("zeta/third/1.0.0", "broken, but after the one that is taken");
  const auto result = import();
  ASSERT_TRUE(test::ok(result));
  EXPECT_EQ(result->plugin.full_name(), "rwenv@acme");
  EXPECT_THAT(result->other_plugins, ElementsAre("second@acme", "third@zeta"));
  EXPECT_THAT(result->warnings,
              ElementsAre(testing::AllOf(HasSubstr("broken@acme"), HasSubstr("services.json:2:15")),
                          testing::AllOf(HasSubstr("empty@acme"), HasSubstr("no services"))));
}

TEST_F(ImportCatalog, ABrokenOneIsRefusedWithItsPlace) {
  const fs::path source = write_catalog("acme/rwenv/1.2.0", "{\"services\": {},\n  nonsense}");
  const auto result = import();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::bad_config);
  EXPECT_THAT(result.error().message, HasSubstr(source.string() + ":2:"));
  EXPECT_FALSE(fs::exists(catalog_of("dev")));
}

TEST_F(ImportCatalog, ATooLargeOneIsRefused) {
  const fs::path source = write_catalog("acme/rwenv/1.2.0");
  fs::resize_file(source, engine::kMaxConfigBytes + 1);
  const auto result = import();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::bad_config);
  EXPECT_THAT(result.error().message, HasSubstr("larger than"));
}

TEST_F(ImportCatalog, WithoutOneOrWithoutRwenvsItSaysSo) {
  auto result = import();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::unknown_service);
  EXPECT_THAT(result.error().message, HasSubstr(cache().string()));
  write_catalog("acme/rwenv/1.2.0");
  write_envs("{}");
  result = import();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::unknown_rwenv);
}

TEST_F(ImportCatalog, ANameThatLeadsElsewhereGetsNone) {
  write_catalog("acme/rwenv/1.2.0");
  write_envs(R"({"rwenvs": {"../../out": {"fluxGitRepo": "https://git.example/f.git"},
                            "dev": {"fluxGitRepo": "https://git.example/f.git"}}})");
  const auto result = import();
  ASSERT_TRUE(test::ok(result));
  EXPECT_THAT(names_of(result->imported), ElementsAre("dev"));
  EXPECT_THAT(result->warnings, ElementsAre(HasSubstr("a project cannot be set to this name")));
  EXPECT_FALSE(fs::exists(machine_.config() / "out"));
}

TEST_F(ImportCatalog, ALinkedDirectoryIsNotWrittenThrough) {
  write_catalog("acme/rwenv/1.2.0");
  const fs::path elsewhere = machine_.directory.path() / "elsewhere";
  fs::create_directories(elsewhere);
  fs::create_directory_symlink(elsewhere, machine_.config() / "flux-infra-guide");
  const auto result = import();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::bad_config);
  EXPECT_TRUE(fs::is_empty(elsewhere));
}

TEST_F(ImportCatalog, CancelledItWritesNothing) {
  write_catalog("acme/rwenv/1.2.0");
  std::stop_source stop;
  stop.request_stop();
  const auto result = engine::import_catalog(machine_.host(), {stop.get_token(), {}});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::cancelled);
  EXPECT_FALSE(fs::exists(catalog_of("dev")));
}

}  // namespace
