#include "engine/text/secret_tokens.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "engine/text/ascii.h"

namespace engine {
namespace {

bool is_upper_or_digit(char c) {
  return is_upper(c) || is_digit(c);
}

bool is_hexadecimal(char c) {
  return hex_value(c).has_value();
}

bool is_word(char c) {
  return is_alphanumeric(c) || c == '_' || c == '-';
}

bool is_dotted(char c) {
  return is_word(c) || c == '.' || c == '=';
}

bool is_base64(char c) {
  return is_alphanumeric(c) || c == '+' || c == '/' || c == '=';
}

template <class Predicate>
std::size_t count_of(std::string_view text, Predicate predicate) {
  const auto* const end = std::find_if_not(text.begin(), text.end(), predicate);
  return static_cast<std::size_t>(end - text.begin());
}

struct Form {
  std::string_view prefix;
  std::size_t min_length;  // characters behind the prefix
  bool (*belongs)(char);
};

// In the order of their first letters, by which they are found. What is behind "sk-" and the like
// could be the name of an image, so that no hyphen belongs to it.
constexpr Form kForms[] = {
    {"1//0", 20, is_word},
    {"4/0A", 20, is_word},
    {"AKIA", 16, is_upper_or_digit},
    {"ASIA", 16, is_upper_or_digit},
    {"ABIA", 16, is_upper_or_digit},
    {"ACCA", 16, is_upper_or_digit},
    {"AIza", 30, is_word},
    {"ATATT", 16, is_dotted},
    {"ATBB", 20, is_dotted},
    {"ATCTT", 16, is_dotted},
    {"AGE-SECRET-KEY-1", 16, is_alphanumeric},
    {"BBDC-", 20, is_base64},
    {"CCIPAT_", 16, is_word},
    {"EAACEdEose0cBA", 1, is_alphanumeric},
    {"GOCSPX-", 16, is_word},
    {"GHSAT0", 16, is_alphanumeric},
    {"GR1348941", 16, is_word},
    {"LTAI", 16, is_alphanumeric},
    {"NRAK-", 20, is_alphanumeric},
    {"PMAK-", 20, is_word},
    {"SG.", 30, is_dotted},
    {"b.AAAA", 20, is_word},
    {"dckr_oat_", 16, is_word},
    {"dckr_pat_", 16, is_word},
    {"doo_v1_", 16, is_alphanumeric},
    {"dop_v1_", 16, is_alphanumeric},
    {"dor_v1_", 16, is_alphanumeric},
    {"figd_", 16, is_word},
    {"gho_", 16, is_word},
    {"ghp_", 16, is_word},
    {"ghr_", 16, is_word},
    {"ghs_", 16, is_word},
    {"ghu_", 16, is_word},
    {"github_pat_", 9, is_word},
    {"glagent-", 16, is_dotted},
    {"glc_", 20, is_base64},
    {"glcbt-", 14, is_dotted},
    {"gldt-", 14, is_dotted},
    {"glffct-", 14, is_dotted},
    {"glft-", 14, is_dotted},
    {"glimt-", 14, is_dotted},
    {"gloas-", 14, is_dotted},
    {"glpat-", 14, is_dotted},
    {"glptt-", 14, is_dotted},
    {"glrt-", 14, is_dotted},
    {"glrtr-", 14, is_dotted},
    {"glsa_", 20, is_word},
    {"glsoat-", 14, is_dotted},
    {"hf_", 30, is_alphanumeric},
    {"hvb.", 20, is_word},
    {"hvr.", 20, is_word},
    {"hvs.", 20, is_word},
    {"lin_api_", 20, is_alphanumeric},
    {"nfp_", 30, is_alphanumeric},
    {"npm_", 30, is_alphanumeric},
    {"pscale_tkn_", 20, is_dotted},
    {"pul-", 40, is_alphanumeric},
    {"pypi-AgE", 10, is_word},
    {"rk_live_", 10, is_word},
    {"rk_test_", 10, is_word},
    {"rubygems_", 20, is_alphanumeric},
    {"sb_secret_", 16, is_word},
    {"sbp_", 20, is_alphanumeric},
    {"sbp_v0_", 20, is_alphanumeric},
    {"shpat_", 20, is_alphanumeric},
    {"shpca_", 20, is_alphanumeric},
    {"shpss_", 20, is_alphanumeric},
    {"sk-ant-", 16, is_word},
    {"sk-proj-", 16, is_word},
    {"sk-svcacct-", 16, is_word},
    {"sk-", 20, is_alphanumeric},
    {"sk_live_", 10, is_word},
    {"sk_test_", 10, is_word},
    {"sntrys_", 20, is_dotted},
    {"sqa_", 40, is_alphanumeric},
    {"sqp_", 40, is_alphanumeric},
    {"squ_", 40, is_alphanumeric},
    {"tskey-api-", 16, is_word},
    {"tskey-auth-", 16, is_word},
    {"tskey-client-", 16, is_word},
    {"whsec_", 16, is_base64},
    {"xapp-1-", 10, is_word},
    {"xkeysib-", 20, is_word},
    {"xoxa-", 10, is_word},
    {"xoxb-", 10, is_word},
    {"xoxc-", 10, is_word},
    {"xoxd-", 10, is_word},
    {"xoxe-", 10, is_word},
    {"xoxe.", 10, is_dotted},
    {"xoxo-", 10, is_word},
    {"xoxp-", 10, is_word},
    {"xoxr-", 10, is_word},
    {"xoxs-", 10, is_word},
    {"ya29.", 16, is_word},
};

constexpr char first_letter(const Form& form) {
  return form.prefix.front();
}
static_assert(std::ranges::is_sorted(kForms, {}, first_letter));

// Is a token of that form what begins `text`? Its length, or 0.
std::size_t length_in(const Form& form, std::string_view text) {
  const std::size_t tail = count_of(text.substr(form.prefix.size()), form.belongs);
  std::size_t length = tail < form.min_length ? 0 : form.prefix.size() + tail;
  while (length > 0 && text[length - 1] == '.') {
    --length;  // of the sentence
  }
  return length;
}

// Forms that only their length tells.
bool is_known_by_length(std::string_view word) {
  const auto hexadecimal_behind = [&](std::string_view prefix, std::size_t size) {
    return word.starts_with(prefix) && word.size() == size &&
           std::ranges::all_of(word.substr(prefix.size()), is_hexadecimal);
  };
  return hexadecimal_behind("SK", 34) || hexadecimal_behind("dapi", 36) ||
         (word.size() == 84 && word.substr(76, 4) == "AZDO");
}

// "eyJ" is how base64 writes the beginning of a JSON object.
std::size_t jwt_length(std::string_view text) {
  constexpr std::size_t kMin = 20;
  std::size_t length = text.starts_with("eyJ") ? count_of(text, is_dotted) : 0;
  while (length > 0 && text[length - 1] == '.') {
    --length;
  }
  return length < kMin ? 0 : length;
}

// Vault's until 1.10: "s.", 24 characters, and perhaps a namespace. Only with digits and letters of
// both cases, which the members of an object hardly have.
std::size_t vault_token_length(std::string_view text) {
  constexpr std::size_t kPrefix = 2;
  constexpr std::size_t kSecret = 24;
  constexpr std::size_t kNamespace = 5;
  const std::size_t secret =
      text.starts_with("s.") ? count_of(text.substr(kPrefix), is_alphanumeric) : 0;
  const std::string_view value = text.substr(0, secret == kSecret ? kPrefix + kSecret : 0);
  const std::string_view random = value.substr(std::min(kPrefix, value.size()));
  if (!std::ranges::any_of(random, is_digit) || !std::ranges::any_of(random, is_upper) ||
      !std::ranges::any_of(random, is_lower)) {
    return 0;
  }
  const std::string_view behind = text.substr(value.size());
  const bool has_namespace =
      behind.starts_with('.') && count_of(behind.substr(1), is_alphanumeric) == kNamespace;
  return value.size() + (has_namespace ? 1 + kNamespace : 0);
}

// A Telegram bot's: its number, a colon and 35 characters.
std::size_t bot_token_length(std::string_view text) {
  constexpr std::size_t kSecret = 35;
  const std::size_t prefix = text.starts_with("bot") ? 3 : 0;
  const std::size_t digits = count_of(text.substr(prefix, 16), is_digit);
  const std::size_t begin = prefix + digits + 1;
  if (digits < 8 || digits > 12 || text.size() < begin || text[begin - 1] != ':') {
    return 0;
  }
  const std::size_t secret = count_of(text.substr(begin), is_word);
  return secret < kSecret ? 0 : begin + secret;
}

// A word in the middle of a key: long, or with what no word of a language has.
bool looks_like_key_material(std::string_view word) {
  const bool other = std::ranges::any_of(word, [](char c) { return !is_upper(c) && !is_lower(c); });
  const bool mixed = word.size() > 1 && std::ranges::any_of(word.substr(1), is_upper);
  return word.size() >= 16 || other || mixed;
}

std::size_t cut_key_length(std::string_view text, std::size_t header) {
  std::size_t end = header;
  while (end < text.size()) {
    std::size_t word = end;
    while (word < text.size()) {
      const std::string_view rest = text.substr(word);
      if (rest.starts_with("\\n") || rest.starts_with("\\r")) {
        word += 2;
      } else if (std::string_view(" \t\r\n+-").find(rest.front()) != std::string_view::npos) {
        ++word;
      } else {
        break;
      }
    }
    const std::size_t length = count_of(text.substr(word), is_base64);
    const bool at_end = word + length == text.size() || text.substr(word + length).starts_with("…");
    if (length == 0 || (!at_end && !looks_like_key_material(text.substr(word, length)))) {
      break;
    }
    end = word + length;
  }
  return end;
}

}  // namespace

std::size_t token_length(std::string_view text, std::size_t alphanumeric) {
  const char first = text.front();
  const Form* form = std::ranges::lower_bound(kForms, first, {}, first_letter);
  for (; form != std::end(kForms) && first_letter(*form) == first; ++form) {
    if (text.starts_with(form->prefix)) {
      if (const std::size_t length = length_in(*form, text); length > 0) {
        return length;
      }
    }
  }
  if (is_known_by_length(text.substr(0, alphanumeric))) {
    return alphanumeric;
  }
  if (first == 'e') {
    return jwt_length(text);
  }
  if (first == 's') {
    return vault_token_length(text);
  }
  return first == 'b' || is_digit(first) ? bot_token_length(text) : 0;
}

std::size_t webhook_prefix_length(std::string_view text) {
  constexpr std::array<std::string_view, 9> kPrefixes = {
      "hooks.slack.com/services/",    "hooks.slack.com/workflows/",
      "hooks.slack.com/triggers/",    "discord.com/api/webhooks/",
      "discordapp.com/api/webhooks/", "webhook.office.com/webhookb2/",
      "outlook.office.com/webhook/",  "hooks.zapier.com/hooks/catch/",
      "maker.ifttt.com/trigger/",
  };
  const auto* const found = std::ranges::find_if(
      kPrefixes, [&](std::string_view prefix) { return text.starts_with(prefix); });
  return found == kPrefixes.end() ? 0 : found->size();
}

std::size_t private_key_length(std::string_view text, bool& may_end) {
  constexpr std::size_t kMaxOfName = 64;
  constexpr std::string_view kEnd = "-----END";
  const std::size_t name_end = text.substr(0, kMaxOfName).find("-----", 1 + 9);
  const std::string_view name = text.substr(0, name_end);
  if (name_end == std::string_view::npos || name.find("PRIVATE KEY") == std::string_view::npos) {
    return 0;
  }
  const std::size_t header = name_end + 5;
  const std::size_t end = may_end ? text.find(kEnd, header) : std::string_view::npos;
  if (end == std::string_view::npos) {
    may_end = false;
    return cut_key_length(text, header);
  }
  const std::size_t closing = text.substr(end, kMaxOfName).find("-----", kEnd.size());
  return closing == std::string_view::npos ? end + kEnd.size() : end + closing + 5;
}

bool is_hexadecimal_token(std::string_view value) {
  return value.size() >= 40 && value.size() <= 64 && std::ranges::all_of(value, is_hexadecimal);
}

bool looks_random(std::string_view value) {
  constexpr std::size_t kMinOfBothCases = 16;
  constexpr std::size_t kMin = 20;
  if (value.size() < kMinOfBothCases || std::ranges::all_of(value, is_hexadecimal) ||
      !std::ranges::all_of(value, [](char c) { return is_base64(c) || c == '-' || c == '_'; })) {
    return false;
  }
  const bool upper = std::ranges::any_of(value, is_upper);
  const bool lower = std::ranges::any_of(value, is_lower);
  const bool digit = std::ranges::any_of(value, is_digit);
  const bool one_word = std::ranges::all_of(value, is_alphanumeric);
  return digit && ((upper && lower) || (one_word && value.size() >= kMin && (upper || lower)));
}

}  // namespace engine
