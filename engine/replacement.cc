#include "engine/replacement.h"

#include <chrono>
#include <utility>

#include "engine/text/text.h"

namespace engine {
namespace {

void add_details(Error& error, const Replacement& replaced) {
  error.details.emplace_back("tag", sanitize_line(replaced.tag));
  if (replaced.pr_number) {
    error.details.emplace_back("prNumber", replaced.pr_number->value());
  }
  const auto add = [&error](const char* name, const std::optional<std::string>& value) {
    if (value) {
      error.details.emplace_back(name, *value);
    }
  };
  add("author", replaced.author);
  add("committedAt", replaced.committed_at);
  add("commit", replaced.commit);
}

}  // namespace

std::string in_words(const ReplacedValue& value, Moment now) {
  std::string words(without_digest(value.tag));
  if (const auto& origin = value.origin; origin && !origin->by.author.empty()) {
    words += ", rolled out by " + origin->by.author + " " +
             ago(Moment{std::chrono::seconds(origin->by.time)}, now);
  }
  return words;
}

Replacement replacement_of(const ReplacedValue& value, const WritableTag& by, Moment now) {
  Replacement replaced{.tag = value.tag,
                       .pr_number = pull_request_of(value.tag),
                       .author = {},
                       .committed_at = {},
                       .commit = {},
                       .of_another = {}};
  if (const auto& origin = value.origin; origin && !origin->by.author.empty()) {
    replaced.author = origin->by.author;
    if (std::string text = in_utc(Moment{std::chrono::seconds(origin->by.time)}); !text.empty()) {
      replaced.committed_at = std::move(text);
    }
    replaced.commit = origin->commit.text();
  }
  if (replaced.pr_number && replaced.pr_number != by.pr_number()) {
    replaced.of_another = in_words(value, now);
  }
  return replaced;
}

std::optional<std::string> replacement_warning(const Replacement& replaced) {
  return replaced.of_another ? std::optional("Replaces " + *replaced.of_another + ".")
                             : std::nullopt;
}

Error occupied(const Replacement& replaced, Consent consent) {
  Error error{
      Code::occupied,
      "Another pull request's image runs there, and replacing it was not confirmed: " +
          replaced.of_another.value_or(sanitize_line(replaced.tag)) + ".",
      consent == Consent::declined
          ? "The user was asked and did not agree; nothing was changed. Do not try to do "
            "it in another way."
          : "Nothing was changed. The rwenv has `confirmReplace`, so the user must be asked first: "
            "roll out with a client that can ask its user, or with `rollout-mcp rollout` in "
            "a terminal; or remove `confirmReplace` from the rwenv config.",
      {}};
  add_details(error, replaced);
  return error;
}

Error not_yours(const Replacement& replaced, const std::string& words, std::string hint) {
  Error error{Code::occupied,
              "What is there is neither of this project's pull request nor set by you: " +
                  sanitize_line(words) + ".",
              std::move(hint),
              {}};
  add_details(error, replaced);
  return error;
}

}  // namespace engine
