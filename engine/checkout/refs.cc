#include <algorithm>
#include <string_view>
#include <utility>

#include "engine/base/file_below.h"
#include "engine/checkout/repository.h"
#include "engine/text/ascii.h"

namespace engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRef = 4096;
constexpr std::size_t kMaxPackedRefs = std::size_t{64} << 20U;
constexpr int kMaxSymbolic = 5;  // as git
constexpr std::string_view kSymbolic = "ref:";
// What HEAD says where the refs are a table, which a git that does not know tables cannot use.
constexpr std::string_view kReftable = "refs/heads/.invalid";

bool is_component(std::string_view component) {
  return !component.empty() && component.front() != '.' && !component.ends_with(".lock");
}

// Whether it is a ref's name as git has them: no path made of it leaves `refs`.
bool is_ref_name(std::string_view name) {
  if (!name.starts_with("refs/") || name.find("..") != std::string_view::npos ||
      name.find("@{") != std::string_view::npos || name.ends_with('.')) {
    return false;
  }
  const bool allowed = std::ranges::none_of(name, [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7F ||
           std::string_view("~^:?*[\\").find(c) != std::string_view::npos;
  });
  if (!allowed) {
    return false;
  }
  for (std::size_t begin = 0; begin <= name.size();) {
    const std::size_t end = std::min(name.find('/', begin), name.size());
    if (!is_component(name.substr(begin, end - begin))) {
      return false;
    }
    begin = end + 1;
  }
  return true;
}

// HEAD and these refs belong to one work tree, all others to the repository.
bool is_of_work_tree(std::string_view name) {
  return !name.starts_with("refs/") || name.starts_with("refs/bisect/") ||
         name.starts_with("refs/worktree/") || name.starts_with("refs/rewritten/");
}

std::string branch_name(std::string_view ref) {
  for (const std::string_view prefix : {"refs/heads/", "refs/remotes/", "refs/tags/", "refs/"}) {
    if (ref.starts_with(prefix)) {
      return std::string(ref.substr(prefix.size()));
    }
  }
  return std::string(ref);
}

// What one ref says: an id, another ref's name, or nothing.
struct RefValue {
  std::optional<CommitId> commit;
  std::string symbolic;
};

class RefReader {
 public:
  explicit RefReader(const ProjectRepository& repository) : repository_(repository) {}

  Result<RefValue> read(const std::string& name) const {
    const bool own = is_of_work_tree(name);
    const int directory = own ? repository_.git.get() : repository_.common.get();
    const fs::path file = (own ? repository_.git_dir : repository_.common_dir) / name;
    auto text = read_below(directory, name, kMaxRef);
    if (text) {
      return parse(text->bytes, file);
    }
    switch (text.error().kind) {
      case FileFault::Kind::link:
        return read_link(directory, name, file);
      case FileFault::Kind::missing:
      case FileFault::Kind::directory:  // what is left of `x/y` where `x` is packed
        return name.starts_with("refs/") ? read_packed(name) : unreadable(file, text.error());
      case FileFault::Kind::other:
      case FileFault::Kind::system:
        break;
    }
    return unreadable(file, text.error());
  }

 private:
  Failure unreadable(const fs::path& file, const FileFault& fault) const {
    return unreadable_repository(repository_.root, file, fault);
  }

  Result<RefValue> parse(std::string_view text, const fs::path& file) const {
    const std::string_view line = trimmed(text);
    if (line.starts_with(kSymbolic)) {
      return symbolic(trimmed(line.substr(kSymbolic.size())), file);
    }
    const auto commit = CommitId::parse(line.substr(0, line.find_first_of(" \t\n")));
    if (!commit) {
      return unreadable(file, {FileFault::Kind::other, "it has neither an id nor a ref's name"});
    }
    return RefValue{commit, {}};
  }

  Result<RefValue> symbolic(std::string_view name, const fs::path& file) const {
    if (name != kReftable && !is_ref_name(name)) {
      return unreadable(file, {FileFault::Kind::other, "what it names is not a ref"});
    }
    return RefValue{std::nullopt, std::string(name)};
  }

  // A symbolic ref as git made them once: read, and never followed by the system.
  Result<RefValue> read_link(int directory, const std::string& name, const fs::path& file) const {
    const auto target = read_link_below(directory, name);
    if (!target || !is_ref_name(*target)) {
      return unreadable(file, {FileFault::Kind::link, "it is a symbolic link"});
    }
    return RefValue{std::nullopt, *target};
  }

  Result<RefValue> read_packed(const std::string& name) const {
    const auto packed = read_below(repository_.common.get(), "packed-refs", kMaxPackedRefs);
    if (!packed) {
      return packed.error().kind == FileFault::Kind::missing
                 ? Result<RefValue>(RefValue())
                 : unreadable(repository_.common_dir / "packed-refs", packed.error());
    }
    const std::string_view text = packed->bytes;
    const std::string wanted = " " + name;
    for (std::string_view rest = text; !rest.empty();) {
      std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(rest.size(), line.size() + 1));
      if (line.ends_with('\r')) {
        line.remove_suffix(1);
      }
      if (line.ends_with(wanted)) {
        if (const auto commit = CommitId::parse(line.substr(0, line.size() - wanted.size()))) {
          return RefValue{commit, {}};
        }
      }
    }
    return RefValue();
  }

  const ProjectRepository& repository_;
};

}  // namespace

Result<HeadRef> read_head_ref(const ProjectRepository& repository) {
  const RefReader refs(repository);
  HeadRef head;
  std::string name = "HEAD";
  for (int depth = 0; depth <= kMaxSymbolic; ++depth) {
    auto value = refs.read(name);
    RETURN_IF_FAILED(value);
    if (value->symbolic == kReftable) {
      head.reftable = true;
      return head;
    }
    if (value->symbolic.empty()) {
      head.commit = value->commit;
      return head;
    }
    name = std::move(value->symbolic);
    if (!head.branch) {
      head.branch = branch_name(name);
    }
  }
  return unreadable_repository(repository.root, repository.git_dir / "HEAD",
                               {FileFault::Kind::other, "its chain of symbolic refs does not end"});
}

std::optional<CommitId> read_ref(const ProjectRepository& repository, const std::string& name) {
  const RefReader refs(repository);
  std::string next = name;
  for (int depth = 0; depth <= kMaxSymbolic && is_ref_name(next); ++depth) {
    auto value = refs.read(next);
    if (!value || value->symbolic.empty()) {
      return value ? value->commit : std::nullopt;
    }
    next = std::move(value->symbolic);
  }
  return std::nullopt;
}

std::optional<std::string> read_symbolic_ref(const ProjectRepository& repository,
                                             const std::string& name) {
  auto value = is_ref_name(name) ? RefReader(repository).read(name) : Result<RefValue>(RefValue());
  return value && !value->symbolic.empty() ? std::optional(std::move(value->symbolic))
                                           : std::nullopt;
}

}  // namespace engine
