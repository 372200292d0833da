// The engine's result type: a value, or an Error that the caller cannot overlook. The engine
// reports by value; exceptions of libraries are caught where the library is called.
//
//   Result<Head> head = repository.fetch(call);
//   if (!head) { return failure_of(head); }
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

}  // namespace engine
