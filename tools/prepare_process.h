// What holds for the whole process, set before it opens a file or starts a thread.
#pragma once

namespace tools {

// - A reader that goes away does not end the process, which may be in the middle of a push; nor
// does
//   a file that reaches the limit of its size (RLIMIT_FSIZE): to write it fails. Children have
//   both signals at their default.
// - Nothing that it or its git makes is writable by everybody, whatever the umask was.
// - A standard descriptor that was closed is made one that fails: a file that is opened later must
//   not be taken for it.
// - An allocation that fails is tried again for a moment (wait_for_memory).
void prepare_process();

// For std::set_new_handler. Waits a millisecond; every hundredth time on a thread it throws
// std::bad_alloc instead. What another call has used is often free by then, and some functions of
// the standard library end the program where an allocation fails in them for good.
void wait_for_memory();

}  // namespace tools
