#include "tests/faults/fault_plan.h"

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <string_view>
#include <unistd.h>

#include <sys/mman.h>
#include <sys/syscall.h>

namespace faults {
namespace {

constexpr std::size_t kRecordBytes = 4096;
constexpr std::size_t kPathBytes = 512;
constexpr int kDecimal = 10;

constexpr std::array<std::string_view, kKinds> kKindNames = {
    "open",   "create",   "read",   "write", "receive", "send",   "sync",
    "rename", "remove",   "stat",   "list",  "path",    "map",    "lock",
    "mode",   "truncate", "close",  "spawn", "pipe",    "wait",   "poll",
    "kill",   "thread",   "random", "clock", "sleep",   "memory", "libraries"};

struct Named {
  std::string_view name;
  Fault fault;
  int error;
};

constexpr std::array<Named, 32> kFaults = {{
    {"EACCES", Fault::error, EACCES}, {"EAGAIN", Fault::error, EAGAIN},
    {"EBADF", Fault::error, EBADF},   {"ECHILD", Fault::error, ECHILD},
    {"EDQUOT", Fault::error, EDQUOT}, {"EEXIST", Fault::error, EEXIST},
    {"EFBIG", Fault::error, EFBIG},   {"EINTR", Fault::error, EINTR},
    {"EINVAL", Fault::error, EINVAL}, {"EIO", Fault::error, EIO},
    {"EISDIR", Fault::error, EISDIR}, {"ELOOP", Fault::error, ELOOP},
    {"EMFILE", Fault::error, EMFILE}, {"ENFILE", Fault::error, ENFILE},
    {"ENOENT", Fault::error, ENOENT}, {"ENOLCK", Fault::error, ENOLCK},
    {"ENOMEM", Fault::error, ENOMEM}, {"ENOSPC", Fault::error, ENOSPC},
    {"ENOSYS", Fault::error, ENOSYS}, {"ENOTDIR", Fault::error, ENOTDIR},
    {"EPERM", Fault::error, EPERM},   {"EPIPE", Fault::error, EPIPE},
    {"EROFS", Fault::error, EROFS},   {"ESRCH", Fault::error, ESRCH},
    {"ESTALE", Fault::error, ESTALE}, {"short", Fault::cut, 0},
    {"flip", Fault::flip, 0},         {"lost", Fault::lost, 0},
    {"early", Fault::early, 0},       {"forward", Fault::forward, 0},
    {"back", Fault::back, 0},         {"none", Fault::none, 0},
}};

// What was asked for; written once, before main.
struct Plan {
  Kind kind = Kind::none;
  Fault fault = Fault::error;
  int error = 0;
  std::uint64_t at = 0;
  bool onwards = false;
  bool counts = false;  // every kind, and nothing is struck
  const char* below = nullptr;
  Record* record = nullptr;
  bool begun = false;
};

Plan plan;

// Text of a fixed size, cut where it is full.
class Line {
 public:
  void add(std::string_view text) {
    const std::size_t room = text_.size() - 1 - length_;
    const std::size_t taken = text.size() < room ? text.size() : room;
    std::memcpy(text_.data() + length_, text.data(), taken);
    length_ += taken;
    text_[length_] = '\0';
  }
  [[nodiscard]] const char* text() const { return text_.data(); }
  [[nodiscard]] std::size_t length() const { return length_; }

 private:
  std::array<char, sizeof(Record::what)> text_{};
  std::size_t length_ = 0;
};

void add_link(Line& line, const char* link) {
  std::array<char, kPathBytes> target{};
  const long length = ::syscall(SYS_readlinkat, AT_FDCWD, link, target.data(), target.size());
  if (length > 0) {
    line.add({target.data(), static_cast<std::size_t>(length)});
  }
}

// A relative path comes with the directory that it begins in.
void add_subject(Line& line, const char* path, int descriptor) {
  if (descriptor >= 0) {
    std::array<char, 32> link{};
    std::strcpy(link.data(), "/proc/self/fd/");
    char* digit = link.data() + std::strlen(link.data());
    int divisor = 1;
    while (descriptor / divisor >= kDecimal) {
      divisor *= kDecimal;
    }
    for (; divisor > 0; divisor /= kDecimal) {
      *digit++ = static_cast<char>('0' + descriptor / divisor % kDecimal);
    }
    add_link(line, link.data());
  } else if (path != nullptr) {
    if (path[0] != '/') {
      add_link(line, "/proc/self/cwd");
      line.add("/");
    }
    line.add(path);
  }
}

// The part of `text` before the next colon; `text` begins after it.
std::string_view cut(std::string_view& text) {
  const std::size_t length =
      text.find(':') == std::string_view::npos ? text.size() : text.find(':');
  const std::string_view part(text.data(), length);
  text.remove_prefix(length == text.size() ? length : length + 1);
  return part;
}

bool is_for_us(std::string_view programs) {
  const std::string_view program = ::program_invocation_short_name;
  return programs == "self" ? program == "rollout-mcp" : program.starts_with("git");
}

Record* map_record(const char* file) {
  const long descriptor = ::syscall(SYS_openat, AT_FDCWD, file, O_RDWR | O_CLOEXEC);
  if (descriptor < 0) {
    return nullptr;
  }
  const long place = ::syscall(SYS_mmap, nullptr, kRecordBytes, PROT_READ | PROT_WRITE, MAP_SHARED,
                               descriptor, 0L);
  ::syscall(SYS_close, descriptor);
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the system call gives a pointer as a number.
  return place == -1 ? nullptr : reinterpret_cast<Record*>(place);
}

// What cannot be read is a mistake of the test, which must not pass for a program without faults.
[[noreturn]] void reject() {
  constexpr std::string_view kWords = "ROLLOUT_FAULT or ROLLOUT_FAULT_STATE cannot be understood\n";
  ::syscall(SYS_write, STDERR_FILENO, kWords.data(), kWords.size());
  ::_exit(99);
}

[[gnu::constructor]] void read_plan() {
  const char* text = std::getenv("ROLLOUT_FAULT");
  if (text == nullptr) {
    return;
  }
  std::string_view rest = text;
  const std::string_view kind = cut(rest);
  const std::string_view name = cut(rest);
  const std::string_view number = cut(rest);
  if (!is_for_us(rest)) {
    return;
  }
  Kind chosen = Kind::none;
  for (std::size_t i = 0; i < kKindNames.size(); i++) {
    if (kKindNames[i] == kind) {
      chosen = static_cast<Kind>(i);
    }
  }
  bool known = false;
  for (const Named& named : kFaults) {
    if (named.name == name) {
      plan.fault = named.fault;
      plan.error = named.error;
      known = true;
    }
  }
  const char* file = std::getenv("ROLLOUT_FAULT_STATE");
  plan.record = file == nullptr ? nullptr : map_record(file);
  plan.counts = kind == "count";
  if ((chosen == Kind::none && !plan.counts) || !known || number.empty() ||
      plan.record == nullptr) {
    reject();
  }
  plan.at = std::strtoull(number.data(), nullptr, kDecimal);
  plan.onwards = number.ends_with('+');
  plan.below = std::getenv("ROLLOUT_FAULT_BELOW");
  plan.kind = chosen;
}

}  // namespace

bool concerns(Kind kind) {
  return plan.begun && (kind == plan.kind || plan.counts);
}

void begin() {
  plan.begun = plan.record != nullptr;
}

Fault fault() {
  return plan.fault;
}

int error_number() {
  return plan.error;
}

int failed() {
  errno = plan.error;
  return -1;
}

bool strikes(Kind kind, const char* function, const char* path, int descriptor) {
  if (!concerns(kind)) {
    return false;
  }
  const int before = errno;
  if (plan.below != nullptr) {
    Line subject;
    add_subject(subject, path, descriptor);
    if (std::strstr(subject.text(), plan.below) == nullptr) {
      errno = before;
      return false;
    }
  }
  if (plan.counts) {
    __atomic_add_fetch(&plan.record->counts[static_cast<std::size_t>(kind)], 1, __ATOMIC_SEQ_CST);
    return false;
  }
  const std::uint64_t number = __atomic_add_fetch(&plan.record->calls, 1, __ATOMIC_SEQ_CST);
  const bool struck = plan.onwards ? number >= plan.at && plan.at > 0 : number == plan.at;
  if (struck && __atomic_fetch_add(&plan.record->fired, 1, __ATOMIC_SEQ_CST) == 0) {
    Line line;
    line.add(::program_invocation_short_name);
    line.add(": ");
    line.add(function);
    line.add(" ");
    add_subject(line, path, descriptor);
    std::memcpy(plan.record->what, line.text(), line.length() + 1);
  }
  errno = before;
  return struck;
}

}  // namespace faults
