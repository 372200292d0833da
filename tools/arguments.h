// Reads the arguments of a tool call, by the rules of the tool's input schema (specification,
// section 3): what is wrong becomes one `bad_argument` that names the argument, what was given and
// what is accepted, so that a model can correct itself. Knows no tool; not thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/error.h"
#include "engine/base/image_tag.h"
#include "engine/base/result.h"
#include "json/json.h"
#include "json/reader.h"

namespace tools {

class Arguments {
 public:
  // `arguments` must outlive this.
  explicit Arguments(const Json& arguments);

  // Each returns the argument, or nothing if it is missing or wrong; null is missing, as some
  // clients send it for what a model has left out. Wrong is the failure of finish(). A name is a
  // string that is not empty and has no control characters.
  std::optional<std::string> name(std::string_view key);
  // A list of 1 to `most` names; empty if it is missing or wrong.
  std::vector<std::string> names(std::string_view key, std::size_t most);
  std::optional<std::string> absolute_path(std::string_view key);
  std::optional<engine::PrNumber> pr_number(std::string_view key);
  std::optional<engine::ImageTag> image_tag(std::string_view key);
  // A number from 1 to `most`.
  std::optional<std::size_t> count(std::string_view key, std::size_t most);
  // The same of seconds.
  std::optional<std::chrono::seconds> seconds(std::string_view key, std::chrono::seconds most);
  std::optional<bool> boolean(std::string_view key);
  std::optional<std::string> rwenv_name(std::string_view key);
  // A string that `flaw` finds nothing wrong with: it returns what is accepted instead.
  std::optional<std::string> accepted(
      std::string_view key,
      const std::function<std::optional<std::string>(const std::string&)>& flaw);
  // An argument that is needed; `accepted` says what it has to be.
  void require(std::string_view key, std::string_view accepted);

  // `request`, which was made of the arguments, or the first failure of all. Arguments that nobody
  // has asked for are refused.
  template <class Request>
  engine::Result<Request> finish(Request request) {
    if (std::optional<engine::Error> error = first_failure()) {
      return engine::Failure(std::move(*error));
    }
    return request;
  }

 private:
  std::optional<engine::Error> first_failure();

  const Json& arguments_;
  json::ObjectReader reader_;
  std::optional<json::Problem> missing_;
};

// "Argument <name>: given <given>, expected <accepted>." as an Error.
engine::Error bad_argument(const json::Problem& problem);

// True if `text` has a byte that no name, path or branch may have: C0 controls and DEL.
bool has_control_characters(std::string_view text);

}  // namespace tools
