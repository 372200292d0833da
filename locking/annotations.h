// What a lock guards, said to the compiler: clang's -Wthread-safety refuses code that touches it
// without the lock. Other compilers see nothing of it.
#pragma once

#if defined(__clang__)
#define LOCKING_ATTRIBUTE(attribute) __attribute__((attribute))
#else
#define LOCKING_ATTRIBUTE(attribute)
#endif

// Of a class whose objects are locks, and of one that holds a lock as long as it lives.
#define CAPABILITY(name) LOCKING_ATTRIBUTE(capability(name))
#define SCOPED_CAPABILITY LOCKING_ATTRIBUTE(scoped_lockable)

// Of a member: only under this lock.
#define GUARDED_BY(mutex) LOCKING_ATTRIBUTE(guarded_by(mutex))

// Of a function: who calls it holds this lock. Of a lambda, it stands after the parameters.
#define REQUIRES(...) LOCKING_ATTRIBUTE(requires_capability(__VA_ARGS__))
// Of a function that takes or gives back a lock.
#define ACQUIRE(...) LOCKING_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define RELEASE(...) LOCKING_ATTRIBUTE(release_capability(__VA_ARGS__))

// Of a function that the compiler cannot follow; a comment says why.
#define NO_THREAD_SAFETY_ANALYSIS LOCKING_ATTRIBUTE(no_thread_safety_analysis)
