#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "engine/config/project.h"
#include "tests/support/git_sandbox.h"

namespace {

namespace fs = std::filesystem;

using engine::Relation;

void put(const fs::path& file, const std::string& bytes) {
  fs::create_directories(file.parent_path());
  std::ofstream(file) << bytes;
}

// A project with files in several directories, and whether the program sees what has changed there.
class ProjectChanges : public testing::Test {
 protected:
  ProjectChanges() {
    fs::create_directories(project());
    git({"init", "-q", "-b", "main"});
    for (const char* file : {"a", "a.b", "a-b/c", "a/../b/c/d", "b/c.d", "b/e", "z/z/z/z"}) {
      put((project() / file).lexically_normal(), std::string("file ") + file + "\n");
    }
    fs::create_symlink("b/e", project() / "link");
    fs::permissions(project() / "b/e", fs::perms::owner_exec, fs::perm_options::add);
    commit("A");
  }

  fs::path project() const { return sandbox_.path() / "project"; }
  std::string git(const std::vector<std::string>& arguments) const {
    return sandbox_.git(project(), arguments);
  }
  std::string commit(const std::string& message) const {
    git({"add", "."});
    git({"commit", "-q", "--allow-empty", "-m", message});
    return head();
  }
  std::string head() const { return git({"rev-parse", "HEAD"}); }
  engine::ProjectState compare(const std::string& other = "") {
    const auto id = engine::CommitId::parse(head());
    auto state =
        engine::compare_project(host_.host, project(), *id, engine::CommitId::parse(other), {});
    EXPECT_TRUE(state) << state.error().message;
    return state ? *state : engine::ProjectState();
  }
  bool changed() { return compare().has_uncommitted_changes; }

  test::GitSandbox sandbox_;
  test::SandboxHost host_{sandbox_};
};

TEST_F(ProjectChanges, NothingHasChangedAfterACommit) {
  EXPECT_FALSE(changed());
  put(project() / "untracked", "x");
  EXPECT_FALSE(changed());
  for (const char* version : {"2", "3", "4"}) {
    git({"update-index", "--index-version", version});
    EXPECT_FALSE(changed()) << version;
  }
  git({"gc", "-q"});
  EXPECT_FALSE(changed());
}

TEST_F(ProjectChanges, ChangesInTheWorkTreeAreSeen) {
  using Change = std::function<void(const fs::path&)>;
  const std::pair<const char*, Change> changes[] = {
      {"other bytes of the same size", [](const fs::path& p) { put(p / "b/c.d", "file X/c.d\n"); }},
      {"another size", [](const fs::path& p) { put(p / "z/z/z/z", "longer than before\n"); }},
      {"removed", [](const fs::path& p) { fs::remove(p / "a"); }},
      {"a removed directory", [](const fs::path& p) { fs::remove_all(p / "z"); }},
      {"a directory in its place",
       [](const fs::path& p) {
         fs::remove(p / "a.b");
         fs::create_directory(p / "a.b");
       }},
      {"a file in the place of a directory",
       [](const fs::path& p) {
         fs::remove_all(p / "b");
         put(p / "b", "x");
       }},
      {"a link in the place of a directory",
       [](const fs::path& p) {
         fs::rename(p / "z", p.parent_path() / "outside");
         fs::create_directory_symlink(p.parent_path() / "outside", p / "z");
       }},
      {"a link in the place of a file",
       [](const fs::path& p) {
         fs::remove(p / "a");
         fs::create_symlink("a.b", p / "a");
       }},
      {"a link with another target",
       [](const fs::path& p) {
         fs::remove(p / "link");
         fs::create_symlink("b/c", p / "link");
       }},
      {"a pipe",
       [](const fs::path& p) {
         fs::remove(p / "a");
         ASSERT_EQ(::mkfifo((p / "a").c_str(), 0600), 0);
       }},
      {"a program now",
       [](const fs::path& p) {
         // Later than the index has it; a clock of whole seconds cannot tell them apart.
         const auto before = fs::last_write_time(p / "a");
         fs::permissions(p / "a", fs::perms::owner_exec, fs::perm_options::add);
         fs::last_write_time(p / "a", before + std::chrono::seconds(2));
       }},
  };
  for (const auto& [name, change] : changes) {
    change(project());
    EXPECT_TRUE(changed()) << name;
    fs::remove_all(sandbox_.path() / "outside");
    git({"reset", "-q", "--hard"});
    EXPECT_FALSE(changed()) << name << ", undone";
  }
}

TEST_F(ProjectChanges, StagedChangesAreSeen) {
  const std::vector<std::vector<std::string>> changes = {
      {"rm", "-q", "--cached", "a"},
      {"rm", "-q", "-r", "--cached", "z"},
      {"mv", "a", "a0"},
      {"update-index", "--chmod=+x", "b/c.d"},
      {"rm", "-q", "b/e"},
  };
  for (const auto& change : changes) {
    git(change);
    EXPECT_TRUE(changed()) << change[0];
    git({"reset", "-q", "--hard"});
    fs::remove(project() / "a0");
    EXPECT_FALSE(changed()) << change[0] << ", undone";
  }
  put(project() / "new/file", "x");
  git({"add", "new/file"});
  EXPECT_TRUE(changed()) << "added";
  git({"rm", "-q", "-r", "--cached", "new"});
  EXPECT_FALSE(changed()) << "without the tree that git had noted";
  git({"add", "-N", "new/file"});
  EXPECT_TRUE(changed()) << "intended";
}

// Git notes the tree of the index in it as soon as it has written that tree.
TEST_F(ProjectChanges, StagedChangesAreSeenWhereTheTreeOfTheIndexIsNoted) {
  put(project() / "a", "staged\n");
  git({"add", "a"});
  git({"write-tree"});
  EXPECT_TRUE(changed());
  git({"commit", "-q", "-m", "B"});
  EXPECT_FALSE(changed());
}

TEST_F(ProjectChanges, AnAddedFileIsSeenAfterAllOthers) {
  put(project() / "zz", "x");
  git({"add", "zz"});
  EXPECT_TRUE(changed());
}

TEST_F(ProjectChanges, WithoutAnIndexAllFilesAreRemoved) {
  fs::remove(project() / ".git/index");
  EXPECT_TRUE(changed());
  const std::string nothing = git({"commit-tree", "-m", "nothing", git({"mktree"})});
  git({"update-ref", "HEAD", nothing});
  EXPECT_FALSE(changed());
}

TEST_F(ProjectChanges, ASubmoduleOnAnotherCommitIsAChange) {
  const fs::path library = sandbox_.path() / "library";
  fs::create_directories(library);
  sandbox_.git(library, {"init", "-q", "-b", "main"});
  sandbox_.git(library, {"commit", "-q", "--allow-empty", "-m", "1"});
  git({"-c", "protocol.file.allow=always", "submodule", "--quiet", "add", library.string(), "lib"});
  commit("with a submodule");
  EXPECT_FALSE(changed());
  sandbox_.git(project() / "lib", {"commit", "-q", "--allow-empty", "-m", "2"});
  EXPECT_TRUE(changed());
  git({"submodule", "--quiet", "update"});
  EXPECT_FALSE(changed()) << "moved back";
  put(project() / "lib/file", "x");
  sandbox_.git(project() / "lib", {"add", "file"});
  EXPECT_FALSE(changed()) << "what changes inside is its own affair";
  git({"submodule", "--quiet", "deinit", "--all", "--force"});
  EXPECT_FALSE(changed()) << "not checked out";
}

TEST_F(ProjectChanges, AConflictIsAChange) {
  git({"checkout", "-q", "-b", "other"});
  put(project() / "a", "theirs\n");
  commit("B");
  git({"checkout", "-q", "main"});
  put(project() / "a", "ours\n");
  commit("C");
  EXPECT_NE(sandbox_.shell(project(), "git merge -q other >/dev/null 2>&1"), 0);
  EXPECT_TRUE(changed());
}

TEST_F(ProjectChanges, WhatOnlyLooksDifferentHasNotChanged) {
  for (const char* file : {"a", "b/c/d", "z/z/z/z"}) {
    fs::last_write_time(project() / file, fs::file_time_type::clock::now() + std::chrono::hours(1));
  }
  EXPECT_FALSE(changed());
  git({"config", "core.autocrlf", "true"});
  git({"rm", "-q", "-r", "--cached", "."});
  git({"reset", "-q", "--hard"});
  for (const char* file : {"a", "b/c/d"}) {
    fs::remove(project() / file);
  }
  git({"checkout", "-q", "--", "."});
  fs::last_write_time(project() / "a", fs::file_time_type::clock::now() + std::chrono::hours(1));
  EXPECT_EQ(fs::file_size(project() / "a"), 8U) << "CRLF";
  EXPECT_FALSE(changed());
}

// A file that was changed once more in the moment in which the index was written looks as it is
// noted there, so only its bytes tell.
TEST_F(ProjectChanges, AChangeInTheMomentInWhichTheIndexWasWrittenIsSeen) {
  const fs::path index = project() / ".git/index";
  const auto noted = fs::last_write_time(project() / "a");
  put(project() / "a", "file X\n");
  fs::last_write_time(project() / "a", noted);
  // The first entry is that of "a" and begins with its ctime, which a test cannot set for a file;
  // zeroes there say that it was not noted.
  constexpr std::size_t kHeader = 12;
  constexpr std::size_t kTime = 8;
  put(index, test::read_bytes(index).replace(kHeader, kTime, kTime, '\0'));
  fs::last_write_time(index, noted);
  EXPECT_TRUE(changed());
  fs::last_write_time(index, noted + std::chrono::seconds(2));
  EXPECT_FALSE(changed()) << "nothing but the time of the index tells them apart";
}

TEST_F(ProjectChanges, WhatGitDoesNotLookAtIsNotLookedAt) {
  git({"update-index", "--assume-unchanged", "a"});
  git({"update-index", "--skip-worktree", "b/e"});
  put(project() / "a", "x");
  fs::remove(project() / "b/e");
  EXPECT_FALSE(changed());
}

TEST_F(ProjectChanges, ASparseIndexIsRead) {
  git({"sparse-checkout", "set", "--cone", "--sparse-index", "a-b"});
  EXPECT_FALSE(fs::exists(project() / "z"));
  EXPECT_FALSE(changed());
  put(project() / "a-b/c", "x");
  EXPECT_TRUE(changed());
}

TEST_F(ProjectChanges, AnIndexThatCannotBeReadWarnsOfNothing) {
  put(project() / "a", "changed\n");
  ASSERT_TRUE(changed());
  const fs::path index = project() / ".git/index";
  const std::string bytes = test::read_bytes(index);
  for (std::size_t size = 0; size < bytes.size(); size += 7) {
    fs::resize_file(index, size);
    (void)changed();
    put(index, bytes);
  }
  for (const std::string& other : {std::string(), std::string("DIRC"), std::string(100, '\xff'),
                                   "DIRC" + std::string(100, '\xff')}) {
    put(index, other);
    EXPECT_FALSE(changed());
  }
  fs::remove(index);
  ASSERT_EQ(::mkfifo(index.c_str(), 0600), 0);
  EXPECT_FALSE(changed());
  fs::remove(index);
  put(sandbox_.path() / "index", bytes);
  fs::create_symlink(sandbox_.path() / "index", index);
  EXPECT_FALSE(changed());
}

TEST_F(ProjectChanges, AnIndexCannotLeadOutOfTheWorkTree) {
  put(sandbox_.path() / "secret", "x\n");
  const fs::path index = project() / ".git/index";
  std::string bytes = test::read_bytes(index);
  const auto at = bytes.find("z/z/z/z");
  ASSERT_NE(at, std::string::npos);
  bytes.replace(at, 7, "../seca");
  put(index, bytes);
  // The tree that is noted in it is still HEAD's; the file is not looked for.
  EXPECT_FALSE(changed());
}

TEST_F(ProjectChanges, ABrokenHeadTreeWarnsOfNothing) {
  put(project() / "new", "x");
  git({"add", "new"});
  git({"rm", "-q", "--cached", "new"});
  const std::string tree = git({"rev-parse", "HEAD^{tree}"});
  fs::remove(project() / ".git/objects" / tree.substr(0, 2) / tree.substr(2));
  EXPECT_FALSE(changed());
}

TEST_F(ProjectChanges, HeadStandsToAnotherCommitAsGitSays) {
  const std::string first = head();
  EXPECT_EQ(compare().relation, std::nullopt);
  const std::string second = commit("B");
  EXPECT_EQ(compare(first).relation, Relation::ahead);
  git({"reset", "-q", "--hard", first});
  EXPECT_EQ(compare(second).relation, Relation::behind);
  commit("C");
  EXPECT_EQ(compare(second).relation, Relation::neither);
  EXPECT_EQ(compare(std::string(40, 'f')).relation, Relation::neither);
  git({"merge", "-q", "-m", "M", second});
  EXPECT_EQ(compare(second).relation, Relation::ahead);
  EXPECT_EQ(compare(std::string(64, 'f')).relation, Relation::neither);
}

TEST_F(ProjectChanges, AnAncestorIsFoundWhereACommittersClockWasBehind) {
  sandbox_.set("GIT_COMMITTER_DATE", "1767261600 +0000");
  const std::string first = commit("B");
  sandbox_.set("GIT_COMMITTER_DATE", "1767258000 +0000");  // an hour before
  commit("C");
  EXPECT_EQ(compare(first).relation, Relation::ahead);
}

// How much memory this process has had at most, in KiB.
long peak() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
#if defined(__APPLE__)
  return usage.ru_maxrss / 1024;
#else
  return usage.ru_maxrss;
#endif
}

// Objects of a few megabytes that say they are half a gigabyte, or are to be made from that.
class ZlibBomb : public ProjectChanges {
 protected:
  static constexpr long kMax = 200 * 1024;

  // Runs Python in the repository, which makes an object and prints its id.
  std::string make(const std::string& script) const {
    return sandbox_.git(project(),
                        {"-c", "alias.bomb=!f() { python3 -c \"$1\"; }; f", "bomb", script});
  }
  engine::Result<engine::Project> read() {
    engine::ProjectRequest request;
    request.directory = project().string();
    return engine::read_project(host_.host, request, {.head = true}, {});
  }
};

constexpr const char* kWriteLoose = R"(
import hashlib, os, zlib
def write(kind, size, start):
    # A file of its own whose header says what is said; 'start', then zeroes.
    c = zlib.compressobj(1)
    out = c.compress(b'%s %d\0' % (kind, size) + start)
    for _ in range(size >> 20): out += c.compress(bytes(1 << 20))
    out += c.flush()
    name = hashlib.sha1(out).hexdigest()
    os.makedirs('.git/objects/' + name[:2], exist_ok=True)
    open('.git/objects/' + name[:2] + '/' + name[2:], 'wb').write(out)
    return name
)";

TEST_F(ZlibBomb, AsHeadIsRefused) {
  const std::string id =
      make(std::string(kWriteLoose) + "print(write(b'commit', 1 << 29, b'tree '))");
  put(project() / ".git/HEAD", id + "\n");
  const long before = peak();
  const auto project = read();
  ASSERT_FALSE(project);
  EXPECT_EQ(project.error().code, engine::Code::no_commit);
  EXPECT_LT(peak() - before, kMax);
}

TEST_F(ZlibBomb, ThatLiesAboutItsSizeIsNotInflated) {
  const std::string id = make(std::string(kWriteLoose) + R"(
c = zlib.compressobj(1)
out = c.compress(b'commit 300\0tree ' + b'0' * 40)
for _ in range(1 << 9): out += c.compress(bytes(1 << 20))
out += c.flush()
name = 'b' * 40
os.makedirs('.git/objects/bb', exist_ok=True)
open('.git/objects/bb/' + name[2:], 'wb').write(out)
print(name))");
  const long before = peak();
  const auto state = engine::compare_project(host_.host, project(), *engine::CommitId::parse(id),
                                             engine::CommitId::parse(head()), {});
  EXPECT_TRUE(state);
  EXPECT_LT(peak() - before, kMax);
}

TEST_F(ZlibBomb, AsTheTreeOfHeadWarnsOfNothing) {
  put(project() / "new", "x");
  git({"add", "new"});  // so that HEAD's tree has to be read
  const std::string tree = make(std::string(kWriteLoose) + "print(write(b'tree', 1 << 29, b''))");
  const std::string text =
      "tree " + tree + "\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\nx\n";
  put(sandbox_.path() / "commit", text);
  const std::string id = git(
      {"hash-object", "--literally", "-t", "commit", "-w", (sandbox_.path() / "commit").string()});
  put(project() / ".git/HEAD", id + "\n");
  const long before = peak();
  EXPECT_TRUE(read());
  EXPECT_FALSE(engine::compare_project(host_.host, project(), *engine::CommitId::parse(id), {}, {})
                   ->has_uncommitted_changes);
  EXPECT_LT(peak() - before, kMax);
}

// A pack in which a small commit is a delta on one of half a gigabyte.
TEST_F(ZlibBomb, ThatIsTheBaseOfADeltaIsNotInflated) {
  const std::string id = make(std::string(kWriteLoose) + R"(
import struct, subprocess
size = 1 << 29
def varint(n):
    out = b''
    while True:
        out += bytes([n & 127 | (128 if n > 127 else 0)]); n >>= 7
        if not n: return out
def header(kind, n):
    out = [kind << 4 | n & 15]; n >>= 4
    while n: out[-1] |= 128; out.append(n & 127); n >>= 7
    return bytes(out)
c = zlib.compressobj(1)
big = header(1, size)
start = b'tree ' + b'0' * 40 + b'\n'
big += c.compress(start + bytes((1 << 20) - len(start)))
for _ in range((size >> 20) - 1): big += c.compress(bytes(1 << 20))
big += c.flush()
text = b'tree ' + b'0' * 40 + b'\nauthor a <a> 1 +0000\ncommitter a <a> 1 +0000\n\nx\n'
delta = varint(size) + varint(len(text)) + bytes([len(text)]) + text
body = b'PACK' + struct.pack('>II', 2, 2)
first = len(body); body += big
second = len(body)
distance = second - first
offset = [distance & 127]; distance >>= 7
while distance: distance -= 1; offset.insert(0, 128 | distance & 127); distance >>= 7
body += header(6, len(delta)) + bytes(offset) + zlib.compress(delta)
checksum = hashlib.sha1(body).digest()
name = hashlib.sha1(b'commit %d\0' % len(text) + text).digest()
ids = sorted([(name, second), (b'\x01' * 20, first)])
index = b'\xfftOc' + struct.pack('>I', 2)
for byte in range(256): index += struct.pack('>I', sum(1 for i, _ in ids if i[0] <= byte))
for i, _ in ids: index += i
for _ in ids: index += struct.pack('>I', 0)
for _, at in ids: index += struct.pack('>I', at)
index += checksum
index += hashlib.sha1(index).digest()
place = '.git/objects/pack/pack-' + checksum.hex()
open(place + '.pack', 'wb').write(body + checksum)
open(place + '.idx', 'wb').write(index)
print(name.hex()))");
  put(project() / ".git/HEAD", id + "\n");
  const long before = peak();
  const auto project_read = read();
  ASSERT_TRUE(project_read) << project_read.error().message;  // its header is that of a commit
  EXPECT_TRUE(engine::compare_project(host_.host, project(), *engine::CommitId::parse(id),
                                      engine::CommitId::parse(std::string(40, 'e')), {}));
  EXPECT_LT(peak() - before, kMax);
}

}  // namespace
