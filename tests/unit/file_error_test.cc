#include "engine/base/file_error.h"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace {

using engine::Code;
using engine::Error;
using testing::HasSubstr;

TEST(FileError, OfNoRoomIsAFullDisk) {
  for (const int number : {ENOSPC, EDQUOT, EFBIG}) {
    const Error error = engine::file_error("write", "/c/file", number);
    EXPECT_EQ(error.code, Code::disk_full) << number;
    EXPECT_THAT(error.message, HasSubstr("Could not write /c/file: "));
    EXPECT_THAT(error.hint, HasSubstr("Free space"));
  }
  for (const int number : {EACCES, EROFS, EIO, ENOENT, EMFILE}) {
    EXPECT_EQ(engine::file_error("write", "/c/file", number).code, Code::internal) << number;
  }
}

TEST(GitLibraryError, OfNoRoomIsAFullDisk) {
  for (const char* const reason :
       {"failed to write out file: No space left on device", "failed to write: File too large",
        "failed to create temporary file '/c/x': Disk quota exceeded"}) {
    const Error error = engine::git_library_error("write the commit", reason, "Look.");
    EXPECT_EQ(error.code, Code::disk_full) << reason;
    EXPECT_EQ(error.message, std::string("Could not write the commit: ") + reason + ".");
  }
  const Error error = engine::git_library_error("write", "Permission denied", "Look.");
  EXPECT_EQ(error.code, Code::internal);
  EXPECT_EQ(error.hint, "Look.");
}

TEST(HasNoSpace, IsNotSoWhereTheTestsRun) {
  EXPECT_FALSE(engine::has_no_space("/"));
  EXPECT_FALSE(engine::has_no_space("/there/is/no/such/directory"));
}

}  // namespace
