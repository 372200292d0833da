// What holds for the whole process, set before it opens a file or starts a thread.
#pragma once

#include <sys/types.h>

namespace cli {

// - A reader that goes away does not end the process, which may be in the middle of a push; nor
//   does a file that reaches the limit of its size (RLIMIT_FSIZE): to write it fails. Children have
//   both signals at their default.
// - What it and its git make is for their user only: a clone holds what git was told in a URL, and
//   anyone who can write there decides what git runs.
// - A standard descriptor that was closed is made one that fails: a file that is opened later must
//   not be taken for it.
// - An allocation that fails is tried again for a moment (wait_for_memory).
// - What a large answer took goes back to the system when the answer is sent, rather than to stay
//   with each of the threads (glibc's allocator; others do so by themselves).
//
// Returns the mask with which to make what others may read, such as a catalog: the umask that the
// process was started with, and nothing writable by everybody in any case.
[[nodiscard]] mode_t prepare_process();

// For std::set_new_handler. Waits a millisecond; every hundredth time on a thread it throws
// std::bad_alloc instead. What another call has used is often free by then, and some functions of
// the standard library end the program where an allocation fails in them for good.
void wait_for_memory();

}  // namespace cli
