#include "engine/base/image_tag.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/text/ascii.h"

namespace engine {
namespace {

constexpr std::string_view kPrefix = "pr-";
constexpr std::size_t kShortSha = 7;

}  // namespace

std::optional<CommitId> CommitId::parse(std::string_view text) {
  const bool full = text.size() == 40 || text.size() == 64;
  if (!full || !is_lower_hex(text)) {
    return std::nullopt;
  }
  return CommitId(std::string(text));
}

std::optional<PrNumber> PrNumber::make(std::int64_t number) {
  if (number < kMin || number > kMax) {
    return std::nullopt;
  }
  return PrNumber(number);
}

std::optional<PrNumber> PrNumber::parse(std::string_view digits) {
  if (digits.starts_with('0')) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  return error == std::errc() && stop == end ? make(number) : std::nullopt;
}

ImageTag::ImageTag(const PrNumber& pr_number, const CommitId& commit)
    : ImageTag(pr_number, std::string(kPrefix) + std::to_string(pr_number.value()) + "-" +
                              commit.short_sha()) {}

ImageTag::ImageTag(const PrNumber& pr_number, std::string text)
    : pr_number_(pr_number), text_(std::move(text)) {}

std::optional<ImageTag> ImageTag::parse(std::string_view text) {
  if (!text.starts_with(kPrefix)) {
    return std::nullopt;
  }
  const std::string_view rest = text.substr(kPrefix.size());
  const auto dash = rest.find('-');
  if (dash == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view sha = rest.substr(dash + 1);
  if (sha.size() != kShortSha || !is_lower_hex(sha)) {
    return std::nullopt;
  }
  const auto pr_number = PrNumber::parse(rest.substr(0, dash));
  if (!pr_number) {
    return std::nullopt;
  }
  return ImageTag(*pr_number, std::string(text));
}

}  // namespace engine
