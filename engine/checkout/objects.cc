#include "engine/checkout/objects.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <set>
#include <string_view>
#include <unistd.h>
#include <utility>

namespace engine {
namespace {

constexpr std::size_t kMaxCommit = std::size_t{16} << 20U;
constexpr std::size_t kMaxTree = std::size_t{64} << 20U;
constexpr std::size_t kMaxMemory = kMaxTree + kMaxCommit;
constexpr std::size_t kMaxAlternates = std::size_t{1} << 16U;
constexpr std::size_t kSha1Digits = 40;
constexpr std::size_t kMaxVisited = 1'000'000;
// How far apart the clocks of two committers may be.
constexpr std::int64_t kMaxSkew = 86'400;

using Fault = tl::unexpected<FileFault>;

Fault broken(std::string reason) {
  return Fault({FileFault::Kind::other, std::move(reason)});
}

Fault at(std::string_view file, FileFault fault) {
  fault.reason = std::string(file) + ": " + fault.reason;
  return Fault(std::move(fault));
}

// What libgit2 said last. It tells what the system fails at from what is wrong with a file.
FileFault fault_of_libgit2() {
  const git_error* const error = git_error_last();
  const bool system = error != nullptr && error->klass == GIT_ERROR_OS;
  return {system ? FileFault::Kind::system : FileFault::Kind::other, last_git_error()};
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// Whether libgit2 may open the objects: it would wait for ever for the other end of a pipe, or read
// what a link leads to.
FileResult<void> check_objects(int common) {
  const auto objects = open_directory_below(common, "objects");
  if (!objects) {
    return at("objects", objects.error());
  }
  const auto alternates = read_below(objects->get(), "info/alternates", kMaxAlternates);
  if (!alternates && alternates.error().kind != FileFault::Kind::missing) {
    return at("objects/info/alternates", alternates.error());
  }
  const int pack =
      ::openat(objects->get(), "pack", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  const std::unique_ptr<DIR, CloseDirectory> packs(pack < 0 ? nullptr : ::fdopendir(pack));
  if (!packs) {
    const FileFault why = fault_of(errno);
    if (pack >= 0) {
      ::close(pack);
    }
    return status_below(objects->get(), "pack") ? at("objects/pack", why) : FileResult<void>();
  }
  // cppcheck-suppress readdirCalled; no other thread has this directory's stream
  while (const dirent* entry = ::readdir(packs.get())) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") {
      continue;
    }
    const auto status = status_below(::dirfd(packs.get()), name);
    if (status && !S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode)) {
      return broken("objects/pack: not all in it are regular files");
    }
  }
  return {};
}

// The value of a header of a commit's text, which is cut off; nothing if that is another header.
std::optional<std::string_view> take_header(std::string_view& text, std::string_view name) {
  if (!text.starts_with(name) || text.size() <= name.size() || text[name.size()] != ' ') {
    return std::nullopt;
  }
  const auto end = std::min(text.find('\n'), text.size());
  const std::string_view value = text.substr(name.size() + 1, end - name.size() - 1);
  text.remove_prefix(std::min(end + 1, text.size()));
  return value;
}

bool read_id(std::string_view text, git_oid& id) {
  return text.size() == kSha1Digits && git_oid_fromstrn(&id, text.data(), text.size()) == 0;
}

// "Name <address> 1767261600 +0000": the seconds; 0 if there are none.
std::int64_t time_of(std::string_view person) {
  std::int64_t time = 0;
  const auto begin = person.rfind("> ");
  if (begin != std::string_view::npos) {
    std::from_chars(person.data() + begin + 2, person.data() + person.size(), time);
  }
  return time;
}

}  // namespace

ProjectObjects::ProjectObjects(const ProjectRepository& repository)
    : repository_(repository),
      limit_(kMaxMemory),
      readable_(check_objects(repository.common.get())) {
  if (readable_) {
    start_libgit2();
    odb_ = git_new<GitOdb>(git_odb_open, (repository.common_dir / "objects").c_str());
    if (!odb_) {
      // The files are such as they should be: then it is the system that could not read them.
      readable_ = at("objects", {FileFault::Kind::system, last_git_error()});
    }
  }
}

FileResult<void> ProjectObjects::check(const git_oid& id, git_object_t type,
                                       std::size_t most) const {
  if (!readable_) {
    return readable_;
  }
  // As a file of its own, it is opened by libgit2 whatever it is, and read whole.
  const std::string hex = git_oid_tostr_s(&id);
  const std::string file = "objects/" + hex.substr(0, 2) + "/" + hex.substr(2);
  const auto status = status_below(repository_.common.get(), file);
  const bool is_loose = status.has_value();
  if (status ? !S_ISREG(status->st_mode) : status.error().kind != FileFault::Kind::missing) {
    return status ? broken("it is not a regular file") : Fault(status.error());
  } else if (status && static_cast<std::uintmax_t>(status->st_size) > most) {
    return broken("it is larger than " + std::to_string(most) + " bytes");
  }
  std::size_t size = 0;
  git_object_t found = GIT_OBJECT_INVALID;
  int error = git_odb_read_header(&size, &found, odb_.get(), &id);
  if (error != 0 && is_loose) {
    // libgit2 does not tell a file that the system could not read from one that is broken.
    if (const auto bytes = read_below(repository_.common.get(), file, most); !bytes) {
      return Fault(bytes.error());
    }
    error = git_odb_read_header(&size, &found, odb_.get(), &id);
  }
  if (error != 0) {
    return error == GIT_ENOTFOUND ? broken("it is not there") : Fault(fault_of_libgit2());
  }
  if (found != type) {
    return broken("it is not a " + std::string(git_object_type2string(type)));
  }
  if (size > most) {
    return broken("it is larger than " + std::to_string(most) + " bytes");
  }
  return {};
}

FileResult<GitOdbObject> ProjectObjects::read(const git_oid& id, git_object_t type,
                                              std::size_t most) const {
  if (const auto checked = check(id, type, most); !checked) {
    return Fault(checked.error());
  }
  auto object = git_new<GitOdbObject>(git_odb_read, odb_.get(), &id);
  if (!object) {
    return Fault(fault_of_libgit2());
  }
  return object;
}

FileResult<void> ProjectObjects::check_commit(const git_oid& id) const {
  return check(id, GIT_OBJECT_COMMIT, kMaxCommit);
}

FileResult<CommitFacts> ProjectObjects::read_commit(const git_oid& id) const {
  const auto object = read(id, GIT_OBJECT_COMMIT, kMaxCommit);
  if (!object) {
    return Fault(object.error());
  }
  std::string_view text(static_cast<const char*>(git_odb_object_data(object->get())),
                        git_odb_object_size(object->get()));
  CommitFacts facts;
  if (!read_id(take_header(text, "tree").value_or(""), facts.tree)) {
    return broken("it is not a commit as git writes them");
  }
  while (const auto parent = take_header(text, "parent")) {
    git_oid id_of_parent;
    if (read_id(*parent, id_of_parent)) {
      facts.parents.push_back(id_of_parent);
    }
  }
  take_header(text, "author");
  facts.time = time_of(take_header(text, "committer").value_or(""));
  return facts;
}

FileResult<GitOdbObject> ProjectObjects::read_tree(const git_oid& id) const {
  return read(id, GIT_OBJECT_TREE, kMaxTree);
}

bool ProjectObjects::is_ancestor(const git_oid& older, const git_oid& newer,
                                 const std::stop_token& stop) const {
  const auto wanted = read_commit(older);
  if (!wanted) {
    return false;
  }
  std::set<git_oid, OidLess> seen = {newer};
  std::vector<git_oid> waiting = {newer};
  while (!waiting.empty() && seen.size() < kMaxVisited && !stop.stop_requested()) {
    const git_oid id = waiting.back();
    waiting.pop_back();
    if (git_oid_equal(&id, &older) != 0) {
      return true;
    }
    const auto commit = read_commit(id);
    // What is older than it does not lead to it.
    if (!commit || commit->time + kMaxSkew < wanted->time) {
      continue;
    }
    for (const git_oid& parent : commit->parents) {
      if (seen.insert(parent).second) {
        waiting.push_back(parent);
      }
    }
  }
  return false;
}

std::optional<git_oid> sha1_of(const CommitId& commit) {
  git_oid id;
  return read_id(commit.text(), id) ? std::optional(id) : std::nullopt;
}

}  // namespace engine
