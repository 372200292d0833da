// What holds for the whole process, set before it opens a file or starts a thread.
#pragma once

namespace tools {

// - A reader that goes away does not end the process, which may be in the middle of a push.
// - Nothing that it or its git makes is writable by everybody, whatever the umask was.
// - A standard descriptor that was closed is made one that fails: a file that is opened later must
//   not be taken for it.
// - What a large answer took goes back to the system when the answer is sent, rather than to stay
//   with each of the threads (glibc's allocator; others do so by themselves).
void prepare_process();

}  // namespace tools
