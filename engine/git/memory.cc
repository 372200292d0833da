#include "engine/git/memory.h"

#include <cstdlib>
#include <cstring>
#include <git2.h>
#include <limits>
#include <new>

#include <git2/sys/alloc.h>
#if __has_include(<git2/sys/errors.h>)  // of newer versions, which declare git_error_set_oom there
#include <git2/sys/errors.h>
#endif

namespace engine {
namespace {

constexpr std::size_t kNoLimit = std::numeric_limits<std::size_t>::max();

// The limit of this thread.
std::size_t& limit() {
  thread_local std::size_t most = kNoLimit;
  return most;
}

// What a loose object has beyond the size that its header says, libgit2 1.5 copies beyond the piece
// that it has asked for: at most what follows the header in the 64 bytes that it inflates first.
constexpr std::size_t kRoomBehind = 64;

// Waits as operator new does; false when that is to be given up.
bool wait_for_memory() {
  const std::new_handler handler = std::get_new_handler();
  if (handler == nullptr) {
    return false;
  }
  try {
    handler();
    return true;
  } catch (const std::bad_alloc&) {
    return false;
  }
}

// Some functions of libgit2 1.5 do not look whether they got what they asked for, so it is asked
// for again for a moment. Sets git's last error where there is none, as libgit2's own allocator
// does. `allocate` is given the size that is to be had.
template <class Allocate>
void* try_to_allocate(std::size_t size, const Allocate& allocate) {
  if (size <= limit() && size <= kNoLimit - kRoomBehind) {
    do {
      if (void* const memory = allocate(size + kRoomBehind)) {
        return memory;
      }
    } while (wait_for_memory());
  }
  git_error_set_oom();
  return nullptr;
}

// NOLINTBEGIN(cppcoreguidelines-no-malloc): libgit2's memory is C's
void* allocate(std::size_t size, const char* /*file*/, int /*line*/) {
  return try_to_allocate(size, [](std::size_t most) { return std::malloc(most); });
}

void* reallocate(void* memory, std::size_t size, const char* /*file*/, int /*line*/) {
  return try_to_allocate(size, [memory](std::size_t most) { return std::realloc(memory, most); });
}

// The size of an array; one that no limit admits where it overflows.
std::size_t product(std::size_t count, std::size_t size) {
  return size != 0 && count > kNoLimit / size ? kNoLimit : count * size;
}

[[maybe_unused]] void* allocate_array(std::size_t count, std::size_t size, const char* file,
                                      int line) {
  return allocate(product(count, size), file, line);
}

[[maybe_unused]] void* reallocate_array(void* memory, std::size_t count, std::size_t size,
                                        const char* file, int line) {
  return reallocate(memory, product(count, size), file, line);
}

[[maybe_unused]] void* allocate_zeroes(std::size_t count, std::size_t size, const char* /*file*/,
                                       int /*line*/) {
  return try_to_allocate(product(count, size),
                         [](std::size_t most) { return std::calloc(most, 1); });
}

char* duplicate_bytes(const char* text, std::size_t length, const char* file, int line) {
  auto* const copy = static_cast<char*>(allocate(length + 1, file, line));
  if (copy != nullptr) {
    std::memcpy(copy, text, length);
    copy[length] = '\0';
  }
  return copy;
}

[[maybe_unused]] char* duplicate(const char* text, const char* file, int line) {
  return duplicate_bytes(text, std::strlen(text), file, line);
}

[[maybe_unused]] char* duplicate_at_most(const char* text, std::size_t most, const char* file,
                                         int line) {
  return duplicate_bytes(text, ::strnlen(text, most), file, line);
}

void release(void* memory) {
  std::free(memory);
}
// NOLINTEND(cppcoreguidelines-no-malloc)

// libgit2 of 1.6 and later makes all else from three functions; those before want each, and so the
// others are unused with the newer ones.
template <class Allocator>
void fill(Allocator& allocator) {
  allocator.gmalloc = allocate;
  allocator.grealloc = reallocate;
  allocator.gfree = release;
  if constexpr (requires { allocator.gcalloc; }) {
    allocator.gcalloc = allocate_zeroes;
    allocator.gstrdup = duplicate;
    allocator.gstrndup = duplicate_at_most;
    allocator.gsubstrdup = duplicate_bytes;
    allocator.greallocarray = reallocate_array;
    allocator.gmallocarray = allocate_array;
  }
}

}  // namespace

void install_git_memory_limit() {
  static git_allocator allocator;
  fill(allocator);
  git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &allocator);
}

GitMemoryLimit::GitMemoryLimit(std::size_t most) {
  limit() = most;
}

GitMemoryLimit::~GitMemoryLimit() {
  limit() = kNoLimit;
}

}  // namespace engine
