#include "engine/base/data_directory.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include "engine/config/catalog.h"
#include "engine/config/load_catalog.h"
#include "tests/support/engine_host.h"

namespace {

namespace fs = std::filesystem;

class StateDirectory : public testing::Test {
 protected:
  StateDirectory() { fs::create_directories(shared_); }
  ~StateDirectory() override { fs::permissions(shared_, fs::perms::owner_all); }
  // What an unprivileged user cannot write; root could, but is not its owner.
  void make_it_of_others() {
    if (::geteuid() == 0) {
      ASSERT_EQ(::chown(shared_.c_str(), 12345, 12345), 0);
    } else {
      fs::permissions(shared_, fs::perms::owner_read | fs::perms::owner_exec);
    }
  }
  fs::path own() const { return fs::path(sandbox_.home()) / ".claude/rwenv"; }

  test::EngineHost sandbox_;
  fs::path shared_ = sandbox_.directory.path() / "team/rwenv";
};

TEST_F(StateDirectory, IsTheConfigurationDirectoryOfItsOwner) {
  const engine::Host host = sandbox_.host();
  EXPECT_EQ(engine::data_directory(host, shared_), shared_);
  EXPECT_EQ(engine::clone_path(host, shared_, "dev"), shared_ / "flux-repos/dev");
  EXPECT_EQ(engine::catalog_path(host, shared_, "dev"),
            shared_ / "flux-infra-guide/dev/services.json");
}

TEST_F(StateDirectory, IsTheUsersOwnWhereTheConfigurationBelongsToAnother) {
  make_it_of_others();
  EXPECT_EQ(engine::clone_path(sandbox_.host(), shared_, "dev"),
            own() / "shared" / shared_.relative_path() / "flux-repos/dev");
}

TEST_F(StateDirectory, IsNeverApartFromTheDefaultConfigurationDirectory) {
  shared_ = own();
  fs::create_directories(shared_);
  make_it_of_others();
  EXPECT_EQ(engine::data_directory(sandbox_.host(), shared_), shared_);
  EXPECT_EQ(engine::data_directory(sandbox_.host(), shared_ / ""), shared_ / "");
}

TEST_F(StateDirectory, WithoutAHomeThereIsNoOtherPlace) {
  make_it_of_others();
  sandbox_.variables.erase("HOME");
  EXPECT_EQ(engine::data_directory(sandbox_.host(), shared_), shared_);
}

TEST_F(StateDirectory, OwnCatalogComesBeforeTheSharedOne) {
  const auto write = [&](const fs::path& file, const std::string& service) {
    fs::create_directories(file.parent_path());
    sandbox_.directory.write(file, R"({"services":{")" + service + R"(":{}}})");
  };
  write(shared_ / "flux-infra-guide/dev/services.json", "shared");
  make_it_of_others();
  const engine::Host host = sandbox_.host();
  EXPECT_EQ((*engine::load_catalog(host, shared_, "dev"))->service_names().front(), "shared");
  write(engine::catalog_path(host, shared_, "dev"), "own");
  EXPECT_EQ((*engine::load_catalog(host, shared_, "dev"))->service_names().front(), "own");
}

}  // namespace
