// The image tag of a feature branch, `pr-<PR number>-<first 7 of HEAD>` (specification, section 4).
// The types admit nothing else: a tag of 8 characters, of a branch name or of any other text
// cannot be written down.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace engine {

// The id of a commit: 40 (SHA-1) or 64 (SHA-256) lower-case hexadecimal digits.
class CommitId {
 public:
  static std::optional<CommitId> parse(std::string_view text);

  const std::string& text() const { return text_; }
  // The first 7 digits, cut by us: `git rev-parse --short=7` gives more where 7 are ambiguous.
  std::string short_sha() const { return text_.substr(0, 7); }
  friend bool operator==(const CommitId&, const CommitId&) = default;

 private:
  explicit CommitId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

// The number of a pull request: positive, and at most what every JSON reader carries exactly (2^53
// - 1).
class PrNumber {
 public:
  static constexpr std::int64_t kMin = 1;
  static constexpr std::int64_t kMax = 9'007'199'254'740'991;
  static std::optional<PrNumber> make(std::int64_t number);
  // As a forge writes it: digits without a zero before them.
  static std::optional<PrNumber> parse(std::string_view digits);

  std::int64_t value() const { return value_; }
  friend bool operator==(const PrNumber&, const PrNumber&) = default;

 private:
  explicit PrNumber(std::int64_t value) : value_(value) {}
  std::int64_t value_;
};

class ImageTag {
 public:
  // The tag of a pull request's commit.
  ImageTag(const PrNumber& pr_number, const CommitId& commit);
  // Text that matches `pr-[1-9][0-9]*-[0-9a-f]{7}` whole; nothing otherwise, nor for a number
  // beyond PrNumber's.
  static std::optional<ImageTag> parse(std::string_view text);

  const std::string& text() const { return text_; }
  PrNumber pr_number() const { return pr_number_; }
  friend bool operator==(const ImageTag&, const ImageTag&) = default;

 private:
  ImageTag(const PrNumber& pr_number, std::string text);
  PrNumber pr_number_;
  std::string text_;
};

}  // namespace engine
