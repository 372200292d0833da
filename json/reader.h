// Strict reading of a JSON object: every member is of the expected type or a problem that names the
// place, what was given and what is accepted. The library's own conversions are not used on input:
// they take 3.7 for an integer.
//
//   ObjectReader in(arguments, "");
//   auto service = in.string("service");
//   auto pr_number = in.integer("prNumber", 1, kMaxPrNumber);
//   in.reject_unknown();
//   if (in.problem()) { ... }
//
// The first problem is kept and every later read is void, so that callers check once. Not
// thread-safe; the value read must outlive the reader.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/json.h"
#include "json/pointer.h"

namespace json {

// What is wrong with a value.
struct Problem {
  std::string pointer;   // JSON pointer (RFC 6901) to the value, "" for the whole
  std::string given;     // what was found, shortened: `"abc"`, `3.7`, `an array`, or "" where
                         // something is missing
  std::string accepted;  // what is accepted: "a string"

  // "prNumber: given "abc", expected an integer from 1 to 10"; the whole value is called
  // `whole`.
  std::string describe(std::string_view whole) const;
};

class ObjectReader {
 public:
  // How a member whose value is null is read. In the arguments of a tool it is the same as none,
  // which clients mean by it, and in a configuration file, as it was for the `jq` lookups that read
  // these files before.
  enum class Null { refused, same_as_missing };

  // Reads `value`; that it is no object is a problem. `pointer` is where the value stands.
  ObjectReader(const Json& value, std::string pointer, Null null = Null::refused);

  // Each returns the member, or nothing if it is missing or wrong; wrong is a problem.
  std::optional<std::string> string(std::string_view key);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<std::vector<std::string>> strings(std::string_view key);
  // A member that is an object, for a reader of its own; null if missing or wrong.
  const Json* object(std::string_view key);

  // A problem unless the member is there.
  void require(std::string_view key);
  // A problem if there is a member that no call above has asked for.
  void reject_unknown();
  // Reports a problem with the member's value that the caller has found.
  void report(std::string_view key, std::string accepted);

  const std::optional<Problem>& problem() const { return problem_; }
  // The pointer of a member.
  std::string pointer(std::string_view key) const;

 private:
  const Json* find(std::string_view key);
  void wrong(std::string_view key, const Json& value, std::string accepted);

  const Json* object_ = nullptr;
  std::string pointer_;
  Null null_;
  std::vector<std::string> known_;
  std::optional<Problem> problem_;
};

// The integer that a JSON number is, also if it is written with a fraction or an exponent, as JSON
// Schema has it: 1.0 is one. Nothing for what 64 bits cannot hold, or cannot hold exactly.
std::optional<std::int64_t> integer_of(const Json& value);

// A number as people write it: 50, not 50.0.
OrderedJson number(double value);

// A value in a few words, for messages: scalars as JSON (shortened), containers by kind.
std::string in_words(const Json& value);

}  // namespace json
