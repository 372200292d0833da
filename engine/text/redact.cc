// redact() of engine/text/text.h: one pass over the text, in which every character is looked at a
// bounded number of times.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "engine/text/ascii.h"
#include "engine/text/assigned_secret.h"
#include "engine/text/prompted_secret.h"
#include "engine/text/secret_text.h"
#include "engine/text/secret_tokens.h"
#include "engine/text/text.h"
#include "engine/text/told_secret.h"
#include "engine/text/userinfo.h"

namespace engine {
namespace {

class Redactor {
 public:
  explicit Redactor(std::string_view text)
      : text_(text), look_(text), assigned_(look_), words_(text) {
    out_.reserve(text.size());
  }

  std::string run() && {
    while (at_ < text_.size()) {
      step();
    }
    return std::move(out_);
  }

 private:
  char before() const { return at_ == 0 ? ' ' : text_[at_ - 1]; }
  std::string_view rest() const { return text_.substr(at_); }

  void copy(std::size_t count) {
    out_.append(text_.substr(at_, count));
    at_ += count;
  }

  // Copies up to `begin`, and leaves out what is from there to `end`.
  void hide(std::size_t begin, std::size_t end, std::string_view shown = kGone) {
    out_.append(text_.substr(at_, begin - at_)).append(shown);
    at_ = end;
    look_.leave_out_before(end);
  }

  void step() {
    const char c = text_[at_];
    if (at_ == prompted_.begin && prompted_.end > at_) {
      hide(prompted_.begin, prompted_.end);
    } else if (is_alphanumeric(c)) {
      word();
    } else if (c == ':' && begins_authority() > 0) {
      copy(begins_authority());
      drop(userinfo_length(text_, at_, words_.around(at_)));
    } else if (c == ':' || c == '=' || c == '%' || c == '>') {
      assignment(c);
    } else if (c == '-' && rest().starts_with("-----BEGIN")) {
      private_key();
    } else if (is_blank(c) && is_alphanumeric(before())) {
      after_word();
    } else {
      copy(1);
    }
  }

  void drop(std::size_t length) {
    if (length > 0) {
      hide(at_, at_ + length, "");
    }
  }

  // How many characters stand between a URL's scheme and its authority: ":/" is one that lacks a
  // slash. 0 for another colon.
  std::size_t begins_authority() const {
    if (rest().starts_with("://")) {
      return 3;
    }
    return rest().starts_with(":/") && is_scheme_of_host(look_.name_before(at_)) ? 2 : 0;
  }

  void private_key() {
    const std::size_t length = private_key_length(rest(), key_may_end_);
    if (length > 0) {
      hide(at_, at_ + length);
    } else {
      copy(1);
    }
  }

  void word() {
    const auto* const begin = text_.begin() + static_cast<std::ptrdiff_t>(at_);
    const auto* const end = std::find_if_not(begin, text_.end(), is_alphanumeric);
    const auto length = static_cast<std::size_t>(end - begin);
    // The rest of a word cannot begin anything.
    if (is_alphanumeric(before()) || !begins_secret(length)) {
      copy(length);
    }
  }

  // Whether a secret began here, which has been left out then. `alphanumeric` letters and digits
  // are to come.
  bool begins_secret(std::size_t alphanumeric) {
    if (const std::size_t length = token_length(rest(), alphanumeric); length > 0) {
      hide(at_, at_ + length);
      return true;
    }
    if (const std::size_t prefix = webhook_prefix_length(rest()); prefix > 0) {
      hide(at_ + prefix, std::max(words_.around(at_).end, at_ + prefix));
      return true;
    }
    if (std::string_view("._-%+~").find(before()) != std::string_view::npos) {
      return false;  // in the middle of a name
    }
    const std::size_t login = login_length(text_, at_, words_.around(at_));
    drop(login);
    return login > 0;
  }

  void assignment(char c) {
    if (const auto secret = assigned_.assigned_at(at_)) {
      hide(secret->begin, secret->end);
      return;
    }
    constexpr std::string_view kAuthority = "%3a%2f%2f";  // "://" in the query of a URL
    if (c == '%' && in_lower_case(rest().substr(0, kAuthority.size())) == kAuthority) {
      copy(kAuthority.size());
      drop(encoded_userinfo_length(rest()));
    } else {
      copy(1);
    }
  }

  void after_word() {
    prompted_ = prompted_secret(look_, at_).value_or(prompted_);
    if (const auto secret = told_secret(look_, at_)) {
      hide(secret->begin, secret->end);
    } else {
      copy(1);
    }
  }

  std::string_view text_;
  SecretText look_;
  AssignedSecrets assigned_;
  AddressWords words_;
  std::string out_;
  std::size_t at_ = 0;
  Span prompted_;  // the answer to the last prompt; the prompt itself is looked through first
  bool key_may_end_ = true;
};

}  // namespace

std::string redact(std::string_view text) {
  return Redactor(text).run();
}

}  // namespace engine
