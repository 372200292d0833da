// Assertions on engine results that print the error in full.
#pragma once

#include <gtest/gtest.h>

#include "engine/base/result.h"

namespace test {

// EXPECT_TRUE(ok(result)): on failure the code, the message and the hint.
template <class T>
testing::AssertionResult ok(const engine::Result<T>& result) {
  if (result) {
    return testing::AssertionSuccess();
  }
  const engine::Error& error = result.error();
  return testing::AssertionFailure()
         << engine::name(error.code) << ": " << error.message << "\n  " << error.hint;
}

// EXPECT_TRUE(fails(result, Code::locked)).
template <class T>
testing::AssertionResult fails(const engine::Result<T>& result, engine::Code code) {
  if (!result && result.error().code == code) {
    return testing::AssertionSuccess();
  }
  return result ? testing::AssertionFailure() << "it succeeded; expected " << engine::name(code)
                : ok(result) << "\n  expected " << engine::name(code);
}

}  // namespace test
