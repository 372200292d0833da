// Whom a rollout replaces (specification, section 3): the tag that is in the place, whose it is,
// and what is said about that. Pure functions, for any thread.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "engine/base/error.h"
#include "engine/base/image_tag.h"
#include "engine/flux/types.h"
#include "engine/manifest/writable_tag.h"
#include "engine/text/moment.h"

namespace engine {

struct Replacement {
  std::string tag;
  std::optional<PrNumber> pr_number;  // of a tag of the form pr-<number>-...
  // Who gave the place that tag, when and by which commit, as far as the clone knows that.
  std::optional<std::string> author;
  std::optional<std::string> committed_at;  // as in_utc()
  std::optional<std::string> commit;
  // The tag is another pull request's: whose it is and since when, as part of a sentence:
  // "pr-41-0f0e0d0, rolled out by Alice 12 minutes ago".
  std::optional<std::string> of_another;
};

// What is known of `value`, which `by` replaces.
Replacement replacement_of(const ReplacedValue& value, const WritableTag& by, Moment now);

// "pr-41-0f0e0d0, rolled out by Alice 12 minutes ago"; the tag alone where no more is known.
std::string in_words(const ReplacedValue& value, Moment now);

// "Replaces pr-41-0f0e0d0, rolled out by Alice 12 minutes ago."; nothing unless it is another pull
// request's.
std::optional<std::string> replacement_warning(const Replacement& replaced);

// What a person is asked before another pull request's image is replaced.
struct ReplaceQuestion {
  Replacement replaced;
  std::string tag;     // that would replace it
  std::string target;  // the image group, or else the image
  std::string file;
  // Where that is; the answer counts for nothing else.
  std::filesystem::path project;
  std::filesystem::path config_directory;
  std::string rwenv;
};

enum class Consent { given, declined, nobody_to_ask };

// Asks it; may wait for a person. The answer is about the very value that the question names.
using ConfirmReplace = std::function<Consent(const ReplaceQuestion&)>;

// The refusal if the answer is not Consent::given: `occupied`.
Error occupied(const Replacement& replaced, Consent consent);

// The refusal of a rollback of what another person has set: `occupied`. `words` are in_words() of
// it.
Error not_yours(const Replacement& replaced, const std::string& words, std::string hint);

}  // namespace engine
