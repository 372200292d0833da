// The engine's result type: a value, or an Error that the caller cannot overlook. The engine
// reports by value; exceptions of libraries are caught where the library is called.
//
//   Result<Head> head = repository.fetch(call);
//   RETURN_IF_FAILED(head);
//   use(*head);
#pragma once

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "engine/base/error.h"

namespace engine {

template <class T>
class [[nodiscard]] Result : public tl::expected<T, Error> {
 public:
  using tl::expected<T, Error>::expected;
};

using Failure = tl::unexpected<Error>;

// A failure to return from any function that returns a Result.
inline Failure fail(Code code, std::string message, std::string hint = {}, Details details = {}) {
  return Failure(Error{code, std::move(message), std::move(hint), std::move(details)});
}

// Passes the failure of one result on as that of another.
template <class T>
Failure failure_of(Result<T>& result) {
  return Failure(std::move(result.error()));
}

// In a function that returns a Result: ends it with the failure of `result`, if that is one. A
// macro, because only a macro can return from its caller; CONTRIBUTING.md says why not and_then().
#define RETURN_IF_FAILED(result)                           \
  do {                                                     \
    if (auto&& outcome_of_it = (result); !outcome_of_it) { \
      return ::engine::failure_of(outcome_of_it);          \
    }                                                      \
  } while (false)

}  // namespace engine
