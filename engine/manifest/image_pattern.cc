#define PCRE2_CODE_UNIT_WIDTH 8

#include "engine/manifest/image_pattern.h"

#include <cstddef>
#include <pcre2.h>
#include <utility>

namespace engine {
namespace {

// What kustomize puts around the name, without a group of its own (IsImageMatched in
// api/internal/image): "a|b" is "^a" or "b...$".
constexpr std::string_view kBegin = "^";
constexpr std::string_view kEnd = "(:[a-zA-Z0-9_.{}-]*)?(@sha256:[a-zA-Z0-9_.{}-]*)?$";

// Far more than an honest expression needs for a name; a hostile one reaches it in milliseconds.
constexpr std::uint32_t kMaxSteps = 20'000;
constexpr std::uint32_t kMaxKibibytes = 1024;

template <auto Free>
struct Release {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};

}  // namespace

struct ImagePattern::Compiled {
  std::unique_ptr<pcre2_code, Release<pcre2_code_free>> code;
  std::unique_ptr<pcre2_match_context, Release<pcre2_match_context_free>> limits;
  std::unique_ptr<pcre2_match_data, Release<pcre2_match_data_free>> match;
};

bool has_pattern_signs(std::string_view name) {
  return name.find_first_of("*+?[]()|^${}\\") != std::string_view::npos;
}

ImagePattern::ImagePattern(std::string_view name) {
  if (name.size() <= kMaxBytes) {
    compiled_ = compiled(std::string(kBegin) + std::string(name) + std::string(kEnd));
  }
}

ImagePattern::ImagePattern(std::unique_ptr<Compiled> made) : compiled_(std::move(made)) {}

ImagePattern ImagePattern::of_whole_text(std::string_view expression) {
  return ImagePattern(
      expression.size() > kMaxBytes ? nullptr : compiled("^(?:" + std::string(expression) + ")$"));
}

std::unique_ptr<ImagePattern::Compiled> ImagePattern::compiled(const std::string& text) {
  // As Go's: `$` is the end of the text only, and the text is UTF-8.
  constexpr std::uint32_t kOptions =
      PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C | PCRE2_NO_AUTO_CAPTURE;
  int error = 0;
  std::size_t offset = 0;
  auto made = std::make_unique<Compiled>();
  made->code.reset(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), kOptions,
                                 &error, &offset, nullptr));
  if (!made->code) {
    return nullptr;
  }
  made->limits.reset(pcre2_match_context_create(nullptr));
  made->match.reset(pcre2_match_data_create_from_pattern(made->code.get(), nullptr));
  if (!made->limits || !made->match) {
    return nullptr;
  }
  pcre2_set_match_limit(made->limits.get(), kMaxSteps);
  pcre2_set_depth_limit(made->limits.get(), kMaxSteps);
  pcre2_set_heap_limit(made->limits.get(), kMaxKibibytes);
  return made;
}

ImagePattern::ImagePattern(ImagePattern&&) noexcept = default;
ImagePattern& ImagePattern::operator=(ImagePattern&&) noexcept = default;
ImagePattern::~ImagePattern() = default;

ImagePattern::Match ImagePattern::matches(const std::string& image) const {
  if (!compiled_) {
    return Match::no;
  }
  const int found =
      pcre2_match(compiled_->code.get(), reinterpret_cast<PCRE2_SPTR>(image.data()), image.size(),
                  0, 0, compiled_->match.get(), compiled_->limits.get());
  if (found >= 0) {
    return Match::yes;
  }
  return found == PCRE2_ERROR_NOMATCH ? Match::no : Match::unknown;
}

}  // namespace engine
