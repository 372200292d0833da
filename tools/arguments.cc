#include "tools/arguments.h"

#include <algorithm>
#include <string>
#include <utility>

#include "engine/config/new_rwenv.h"
#include "engine/text/secret_names.h"

namespace tools {

bool has_control_characters(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20U || byte == 0x7FU;
  });
}

engine::Error bad_argument(const json::Problem& problem) {
  const std::string name = problem.pointer.empty() ? "" : problem.pointer.substr(1);
  json::Problem shown = problem;
  // Of an argument that there is not: its value may be what its name says.
  if (!problem.given.empty() && engine::credential_of(name) != engine::Credential::none) {
    shown.given = "a value";
  }
  engine::Error error{engine::Code::bad_argument,
                      (name.empty() ? "Arguments" : "Argument ") + shown.describe("") + ".",
                      "Correct the argument and call the tool again."};
  error.details.emplace_back("argument", name);
  if (!shown.given.empty()) {
    error.details.emplace_back("given", shown.given);
  }
  error.details.emplace_back("accepted", problem.accepted);
  return error;
}

Arguments::Arguments(const Json& arguments)
    : arguments_(arguments), reader_(arguments, "", json::ObjectReader::Null::same_as_missing) {}

std::optional<std::string> Arguments::name(std::string_view key) {
  std::optional<std::string> value = reader_.string(key);
  if (value && (value->empty() || has_control_characters(*value))) {
    reader_.report(key, "a string that is not empty and has no control characters");
    return std::nullopt;
  }
  return value;
}

std::vector<std::string> Arguments::names(std::string_view key, std::size_t most) {
  auto values = reader_.strings(key);
  const auto is_bad = [](const std::string& value) {
    return value.empty() || has_control_characters(value);
  };
  if (values &&
      (values->empty() || values->size() > most || std::ranges::any_of(*values, is_bad))) {
    reader_.report(key, "an array of 1 to " + std::to_string(most) +
                            " strings that are not empty and have no control characters");
    return {};
  }
  return std::move(values).value_or(std::vector<std::string>());
}

std::optional<std::string> Arguments::absolute_path(std::string_view key) {
  std::optional<std::string> value = reader_.string(key);
  if (value && (!value->starts_with('/') || has_control_characters(*value))) {
    reader_.report(key, "an absolute path, as in \"/home/ann/src/papi\"");
    return std::nullopt;
  }
  return value;
}

std::optional<engine::PrNumber> Arguments::pr_number(std::string_view key) {
  const std::optional<std::int64_t> value =
      reader_.integer(key, engine::PrNumber::kMin, engine::PrNumber::kMax);
  return value ? engine::PrNumber::make(*value) : std::nullopt;
}

std::optional<std::size_t> Arguments::count(std::string_view key, std::size_t most) {
  const std::optional<std::int64_t> value =
      reader_.integer(key, 1, static_cast<std::int64_t>(most));
  return value ? std::optional(static_cast<std::size_t>(*value)) : std::nullopt;
}

std::optional<std::chrono::seconds> Arguments::seconds(std::string_view key,
                                                       std::chrono::seconds most) {
  const auto value = count(key, static_cast<std::size_t>(most.count()));
  return value ? std::optional(std::chrono::seconds(*value)) : std::nullopt;
}

std::optional<engine::ImageTag> Arguments::image_tag(std::string_view key) {
  const std::optional<std::string> value = reader_.string(key);
  if (!value) {
    return std::nullopt;
  }
  std::optional<engine::ImageTag> tag = engine::ImageTag::parse(*value);
  if (!tag) {
    reader_.report(key,
                   "pr-<PR number>-<exactly 7 lower-case hexadecimal digits>, as in "
                   "\"pr-42-a1b2c3d\"");
  }
  return tag;
}

std::optional<bool> Arguments::boolean(std::string_view key) {
  return reader_.boolean(key);
}

std::optional<std::string> Arguments::rwenv_name(std::string_view key) {
  return accepted(key, engine::flaw_of_rwenv_name);
}

std::optional<std::string> Arguments::accepted(
    std::string_view key,
    const std::function<std::optional<std::string>(const std::string&)>& flaw) {
  std::optional<std::string> value = reader_.string(key);
  const auto wrong = value ? flaw(*value) : std::nullopt;
  if (wrong) {
    reader_.report(key, *wrong);
    return std::nullopt;
  }
  return value;
}

void Arguments::require(std::string_view key, std::string_view accepted) {
  if (!missing_ && arguments_.is_object() &&
      (!arguments_.contains(key) || arguments_.find(key)->is_null())) {
    missing_ = json::Problem{reader_.pointer(key), "", std::string(accepted)};
  }
}

std::optional<engine::Error> Arguments::first_failure() {
  reader_.reject_unknown();
  if (reader_.problem()) {
    return bad_argument(*reader_.problem());
  }
  if (missing_) {
    return bad_argument(*missing_);
  }
  return std::nullopt;
}

}  // namespace tools
