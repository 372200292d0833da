// Memory: what the program itself allocates, and apart from that what the libraries do that it is
// linked with (the C++ ones are part of it in a release build). glibc's own functions do the work,
// so that nothing has to be looked up by a function that may allocate.

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <link.h>

#include "tests/faults/fault_plan.h"

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): these are glibc's names.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace {

// Where the program's own code is; set by the constructor below, since what is found here is the
// same in all threads.
std::uintptr_t code_begin = 0;
std::uintptr_t code_end = 0;

// The first object is the program.
int note_program(dl_phdr_info* object, std::size_t /*size*/, void* /*unused*/) {
  for (int i = 0; i < object->dlpi_phnum; i++) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type == PT_LOAD && (segment.p_flags & PF_X) != 0) {
      code_begin = object->dlpi_addr + segment.p_vaddr;
      code_end = code_begin + segment.p_memsz;
    }
  }
  return 1;
}

[[gnu::constructor]] void find_program() {
  ::dl_iterate_phdr(note_program, nullptr);
}

bool fails(const char* function, void* caller) {
  const auto place = reinterpret_cast<std::uintptr_t>(caller);
  const auto kind =
      place >= code_begin && place < code_end ? faults::Kind::memory : faults::Kind::libraries;
  const bool struck = faults::strikes(kind, function, nullptr);
  if (struck) {
    errno = ENOMEM;
  }
  return struck;
}

}  // namespace

INTERPOSE(void*, malloc, (std::size_t size)) {
  return fails("malloc", __builtin_return_address(0)) ? nullptr : __libc_malloc(size);
}

INTERPOSE(void*, calloc, (std::size_t count, std::size_t size)) {
  return fails("calloc", __builtin_return_address(0)) ? nullptr : __libc_calloc(count, size);
}

INTERPOSE(void*, realloc, (void* block, std::size_t size)) {
  return fails("realloc", __builtin_return_address(0)) ? nullptr : __libc_realloc(block, size);
}

INTERPOSE(void*, aligned_alloc, (std::size_t alignment, std::size_t size)) {
  return fails("aligned_alloc", __builtin_return_address(0)) ? nullptr
                                                             : __libc_memalign(alignment, size);
}

INTERPOSE(int, posix_memalign, (void** block, std::size_t alignment, std::size_t size)) {
  if (fails("posix_memalign", __builtin_return_address(0))) {
    return ENOMEM;
  }
  *block = __libc_memalign(alignment, size);
  return *block == nullptr ? ENOMEM : 0;
}
