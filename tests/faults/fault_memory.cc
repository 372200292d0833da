// Memory. glibc's own functions do the work, so that nothing has to be looked up by a function that
// may allocate.

#include <cerrno>
#include <cstddef>

#include "tests/faults/fault_plan.h"

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

bool fails(const char* function) {
  const bool struck = faults::strikes(faults::Kind::memory, function, nullptr);
  if (struck) {
    errno = ENOMEM;
  }
  return struck;
}

}  // namespace

INTERPOSE(void*, malloc, (std::size_t size)) {
  return fails("malloc") ? nullptr : __libc_malloc(size);
}

INTERPOSE(void*, calloc, (std::size_t count, std::size_t size)) {
  return fails("calloc") ? nullptr : __libc_calloc(count, size);
}

INTERPOSE(void*, realloc, (void* block, std::size_t size)) {
  return fails("realloc") ? nullptr : __libc_realloc(block, size);
}

INTERPOSE(void*, aligned_alloc, (std::size_t alignment, std::size_t size)) {
  return fails("aligned_alloc") ? nullptr : __libc_memalign(alignment, size);
}

INTERPOSE(int, posix_memalign, (void** block, std::size_t alignment, std::size_t size)) {
  if (fails("posix_memalign")) {
    return ENOMEM;
  }
  *block = __libc_memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}
