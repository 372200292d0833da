// A catalog is parsed once for each state of its file, however many threads ask for it.
#include "engine/config/catalog_cache.h"

#include <atomic>
#include <chrono>
#include <filesystem>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "tests/support/expect_ok.h"
#include "tests/support/temporary_directory.h"

namespace {

namespace fs = std::filesystem;

using engine::CatalogCache;
using test::fails;
using test::ok;
using testing::ElementsAre;

using CatalogPtr = std::shared_ptr<const engine::Catalog>;

std::string catalog_of(const std::string& service) {
  return R"({"services": {")" + service + R"(": {}}})";
}

struct stat status_of(const fs::path& file) {
  struct stat status {};
  EXPECT_EQ(::stat(file.c_str(), &status), 0) << file;
  return status;
}

// Of one state of a file and the next.
bool have_one_time_of_change(const struct stat& before, const struct stat& after) {
#ifdef __APPLE__
  return before.st_ctimespec.tv_sec == after.st_ctimespec.tv_sec &&
         before.st_ctimespec.tv_nsec == after.st_ctimespec.tv_nsec;
#else
  return before.st_ctim.tv_sec == after.st_ctim.tv_sec &&
         before.st_ctim.tv_nsec == after.st_ctim.tv_nsec;
#endif
}

class Cache : public testing::Test {
 protected:
  CatalogPtr read(const fs::path& file) {
    auto catalog = cache_.read(file);
    EXPECT_TRUE(ok(catalog));
    return catalog ? *catalog : nullptr;
  }
  CatalogPtr read() { return read(file_); }

  void write(const std::string& service) const {
    directory_.write("services.json", catalog_of(service));
  }
  // ... and gives the file another time of change than it had: the clock's grain is some ms.
  void rewrite(const std::string& service) const {
    const struct stat before = status_of(file_);
    do {
      write(service);
    } while (have_one_time_of_change(before, status_of(file_)));
  }

  test::TemporaryDirectory directory_;
  fs::path file_ = directory_.write("services.json", catalog_of("one"));
  // Of what the cache takes for the time: by default, files have not been touched for an hour.
  std::atomic<std::chrono::milliseconds> ahead_{std::chrono::hours(1)};
  CatalogCache cache_{[this] { return std::chrono::system_clock::now() + ahead_.load(); }};
};

TEST_F(Cache, ParsesAFileOnce) {
  const CatalogPtr first = read();
  ASSERT_NE(first, nullptr);
  EXPECT_EQ(read(), first);
  EXPECT_EQ(read(), first);
}

TEST_F(Cache, KeepsOneForEachFile) {
  const fs::path other = directory_.write("other.json", catalog_of("other"));
  const CatalogPtr first = read();
  const CatalogPtr second = read(other);
  EXPECT_EQ(read(), first);
  EXPECT_EQ(read(other), second);
  EXPECT_THAT(first->service_names(), ElementsAre("one"));
  EXPECT_THAT(second->service_names(), ElementsAre("other"));
}

TEST_F(Cache, ReadsAFileThatWasWrittenIntoAgain) {
  const CatalogPtr first = read();
  rewrite("two");  // of the same size
  EXPECT_THAT(read()->service_names(), ElementsAre("two"));
  EXPECT_THAT(first->service_names(), ElementsAre("one")) << "who has one keeps it";
  EXPECT_EQ(read(), read());
}

TEST_F(Cache, ReadsAFileAgainWhoseTimeAloneIsAnother) {
  const CatalogPtr first = read();
  rewrite("one");
  EXPECT_NE(read(), first);
}

// Within a tick of the file system's clock the time tells nothing.
TEST_F(Cache, ReadsAFileOfAnotherSizeAgain) {
  for (int tries = 0; tries < 1000; ++tries) {
    write("one");
    const struct stat before = status_of(file_);
    ASSERT_NE(read(), nullptr);
    write("another");
    if (have_one_time_of_change(before, status_of(file_))) {
      EXPECT_THAT(read()->service_names(), ElementsAre("another"));
      return;
    }
  }
  GTEST_SKIP() << "each change of a file has a time of its own here";
}

TEST_F(Cache, ReadsAFileThatWasReplacedAgain) {
  for (int tries = 0; tries < 1000; ++tries) {
    const fs::path next = directory_.write("next.json", catalog_of("two"));
    write("one");
    const struct stat before = status_of(file_);
    ASSERT_NE(read(), nullptr);
    fs::rename(next, file_);
    const struct stat after = status_of(file_);
    ASSERT_EQ(after.st_size, before.st_size);
    ASSERT_NE(after.st_ino, before.st_ino);
    if (have_one_time_of_change(before, after)) {
      EXPECT_THAT(read()->service_names(), ElementsAre("two"));
      return;
    }
  }
  GTEST_SKIP() << "each change of a file has a time of its own here";
}

// It may change once more within the clock's grain.
TEST_F(Cache, DoesNotKeepAFileThatWasChangedAMomentAgo) {
  ahead_ = std::chrono::milliseconds(0);
  write("one");
  const CatalogPtr first = read();
  const CatalogPtr second = read();
  ASSERT_NE(first, nullptr);
  EXPECT_NE(second, first);
  ahead_ = std::chrono::seconds(3);
  const CatalogPtr kept = read();
  EXPECT_NE(kept, second);
  EXPECT_EQ(read(), kept);
}

TEST_F(Cache, OfAFileThatIsGoneIsNothing) {
  ASSERT_NE(read(), nullptr);
  fs::remove(file_);
  EXPECT_EQ(read(), nullptr);
  write("back");
  EXPECT_THAT(read()->service_names(), ElementsAre("back"));
}

TEST_F(Cache, DoesNotKeepARefusal) {
  directory_.write("services.json", "{");
  EXPECT_TRUE(fails(cache_.read(file_), engine::Code::bad_config));
  rewrite("good");
  EXPECT_THAT(read()->service_names(), ElementsAre("good"));
}

// The cache asks for the time once for each reading.
TEST(CacheAtWork, ReadsAFileForAllThatAskMeanwhileTogether) {
  constexpr int kOthers = 8;
  const test::TemporaryDirectory directory;
  const fs::path file = directory.write("services.json", catalog_of("one"));
  std::promise<void> reading;
  std::promise<void> go_on;
  const std::shared_future<void> gone_on = go_on.get_future().share();
  std::atomic<int> readings = 0;
  CatalogCache cache([&] {
    if (++readings == 1) {
      reading.set_value();
      gone_on.wait();
    }
    return std::chrono::system_clock::now() + std::chrono::hours(1);
  });
  const auto read = [&] {
    auto catalog = cache.read(file);
    EXPECT_TRUE(ok(catalog));
    return catalog ? *catalog : nullptr;
  };
  std::future<CatalogPtr> first = std::async(std::launch::async, read);
  reading.get_future().wait();
  std::atomic<int> asking = 0;
  std::vector<std::future<CatalogPtr>> others;
  for (int i = 0; i < kOthers; ++i) {
    others.push_back(std::async(std::launch::async, [&] {
      ++asking;
      return read();
    }));
  }
  while (asking < kOthers) {
    std::this_thread::yield();
  }
  go_on.set_value();
  EXPECT_NE(first.get(), nullptr);
  for (std::future<CatalogPtr>& other : others) {
    EXPECT_NE(other.get(), nullptr);
  }
  // The first one began before the others asked, so one more is made for those that wait; who comes
  // late may make another.
  EXPECT_LE(readings, 1 + kOthers / 2);
}

TEST(CacheAtWork, GivesNobodyWhatTheFileNoLongerHadWhenTheyAsked) {
  const test::TemporaryDirectory directory;
  const fs::path file = directory.write("services.json", catalog_of("one"));
  std::promise<void> reading;
  std::promise<void> go_on;
  std::atomic<int> readings = 0;
  CatalogCache cache([&] {
    if (++readings == 1) {
      reading.set_value();
      go_on.get_future().wait();
    }
    return std::chrono::system_clock::now() + std::chrono::hours(1);
  });
  const auto read = [&] { return cache.read(file); };
  auto first = std::async(std::launch::async, read);
  reading.get_future().wait();
  directory.write("services.json", catalog_of("two"));
  auto second = std::async(std::launch::async, read);
  // Time for the second to come to where it waits; if it comes later, it reads by itself.
  EXPECT_EQ(second.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  go_on.set_value();
  ASSERT_TRUE(ok(first.get()));
  const auto catalog = second.get();
  ASSERT_TRUE(ok(catalog));
  EXPECT_THAT((*catalog)->service_names(), ElementsAre("two"));
}

TEST(CacheAtWork, ThreadsMayReadFilesThatChange) {
  constexpr int kRounds = 100;
  const test::TemporaryDirectory directory;
  const std::vector<fs::path> files = {directory.write("a.json", catalog_of("a")),
                                       directory.write("b.json", catalog_of("b"))};
  CatalogCache cache([] { return std::chrono::system_clock::now() + std::chrono::hours(1); });
  const auto read_all = [&] {
    for (int i = 0; i < kRounds; ++i) {
      for (const fs::path& file : files) {
        const auto catalog = cache.read(file);
        ASSERT_TRUE(ok(catalog));
        ASSERT_NE(*catalog, nullptr);
        ASSERT_THAT((*catalog)->service_names(), ElementsAre(file.stem().string()));
      }
    }
  };
  std::thread one(read_all);
  std::thread two(read_all);
  for (int i = 0; i < kRounds; ++i) {
    // As the program writes catalogs: there is always a whole one.
    fs::rename(directory.write("next.json", catalog_of("a")), files[0]);
  }
  one.join();
  two.join();
}

}  // namespace
