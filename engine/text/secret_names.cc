#include "engine/text/secret_names.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>

#include "engine/text/ascii.h"

namespace engine {
namespace {

std::string percent_decoded(std::string_view name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto high = name[i] == '%' && i + 2 < name.size() ? hex_value(name[i + 1]) : std::nullopt;
    const auto low = high ? hex_value(name[i + 2]) : std::nullopt;
    if (low) {
      out.push_back(static_cast<char>(*high * 16U + *low));
      i += 2;
    } else {
      out.push_back(name[i]);
    }
  }
  return out;
}

// "privateToken", "PRIVATE-TOKEN" and "private.token" are all "private_token".
std::string in_words(std::string_view name) {
  const std::string decoded = name.find('%') == name.npos ? std::string() : percent_decoded(name);
  if (!decoded.empty()) {
    name = decoded;
  }
  std::string words;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (!is_alphanumeric(c)) {
      if (!words.empty() && words.back() != '_') {
        words.push_back('_');
      }
      continue;
    }
    const bool hump = is_upper(c) && i > 0 &&
                      (is_lower(name[i - 1]) || is_digit(name[i - 1]) ||
                       (is_upper(name[i - 1]) && i + 1 < name.size() && is_lower(name[i + 1])));
    if (hump && !words.empty() && words.back() != '_') {
      words.push_back('_');
    }
    words.push_back(in_lower_case(c));
  }
  while (words.ends_with('_')) {
    words.pop_back();
  }
  return words;
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

std::string_view last_word(std::string_view words) {
  const auto end = words.rfind('_');
  return end == std::string_view::npos ? words : words.substr(end + 1);
}

std::string_view without_last_word(std::string_view words) {
  const auto end = words.rfind('_');
  return end == std::string_view::npos ? std::string_view() : words.substr(0, end);
}

// What may stand behind the word that counts: `password2`, `TOKEN_PROD`, `secretValue`.
bool is_qualifier(std::string_view word) {
  constexpr std::array<std::string_view, 29> kQualifiers = {
      "value", "base64",  "b64",     "text",  "plain",     "raw",  "encoded", "old",
      "new",   "prod",    "dev",     "stage", "staging",   "test", "qa",      "production",
      "main",  "primary", "default", "prev",  "previous",  "next", "current", "admin",
      "root",  "db",      "live",    "user",  "secondary",
  };
  return is_one_of(kQualifiers, word) || std::ranges::all_of(word, is_digit);
}

bool ends_in_secret_word(std::string_view word) {
  constexpr std::array<std::string_view, 13> kEndings = {
      "password",   "passwd",      "passphrase", "token",     "secret",     "pwd",      "apikey",
      "credential", "credentials", "accesskey",  "secretkey", "accountkey", "passwort",
  };
  return std::ranges::any_of(kEndings, [&](std::string_view end) { return word.ends_with(end); });
}

bool names_a_secret_key(std::string_view kind) {
  constexpr std::array<std::string_view, 13> kKinds = {
      "api",     "access",  "secret", "private", "signing", "encryption", "master",
      "account", "storage", "deploy", "client",  "license", "shared",
  };
  return is_one_of(kKinds, kind);
}

// `existingSecret` and `imagePullSecret` have the name of a Kubernetes object; a progress token is
// an id of MCP.
bool is_only_a_name(std::string_view words) {
  return words.starts_with("existing_") || words.starts_with("image_pull_") ||
         words == "progress_token";
}

}  // namespace

Credential credential_of(std::string_view name) {
  constexpr std::array<std::string_view, 19> kAssigned = {
      "pass",     "pw",     "auth",     "sig",     "signature", "jwt",      "session",
      "sessid",   "pat",    "dbpass",   "sshpass", "userpass",  "smtppass", "sessionid",
      "authcode", "bearer", "keystore", "cookie",  "passcode",
  };
  constexpr std::array<std::string_view, 10> kRandom = {
      "key", "code", "sid", "otp", "cred", "creds", "assertion", "ticket", "hmac", "pin",
  };
  const std::string all = in_words(name);
  std::string_view words = all;
  while (!words.empty() && is_qualifier(last_word(words))) {
    words = without_last_word(words);
  }
  std::string_view last = last_word(words);
  while (!last.empty() && is_digit(last.back())) {
    last.remove_suffix(1);
  }
  const std::string_view before = last_word(without_last_word(words));
  if (last == "authorization" || (last == "cookie" && (before.empty() || before == "set"))) {
    return Credential::header;
  }
  if (ends_in_secret_word(last)) {
    return is_only_a_name(words) ? Credential::none : Credential::any;
  }
  if ((last == "key" && names_a_secret_key(before)) || words.ends_with("access_key_id") ||
      words.ends_with("accesskeyid") || (last == "pass" && !before.empty() && before != "by")) {
    return Credential::any;
  }
  if (is_one_of(kAssigned, last)) {
    return Credential::if_assigned;
  }
  return is_one_of(kRandom, last) ? Credential::if_random : Credential::none;
}

bool is_two_word_credential(std::string_view first, std::string_view last) {
  return in_words(last) == "key" && names_a_secret_key(in_words(first));
}

bool begins_explanation(std::string_view word) {
  constexpr std::array<std::string_view, 83> kWords = {
      "a",          "an",           "and",        "are",          "at",       "authentication",
      "bad",        "cannot",       "could",      "denied",       "does",     "empty",
      "error",      "expired",      "failed",     "failure",      "fatal",    "for",
      "forbidden",  "found",        "from",       "given",        "has",      "have",
      "if",         "in",           "incorrect",  "insufficient", "invalid",  "is",
      "it",         "key",          "length",     "malformed",    "may",      "mismatch",
      "missing",    "must",         "need",       "needs",        "no",       "not",
      "of",         "on",           "only",       "or",           "password", "passwords",
      "permission", "please",       "rejected",   "required",     "revoked",  "secret",
      "secrets",    "see",          "should",     "that",         "the",      "there",
      "this",       "to",           "token",      "tokens",       "too",      "try",
      "unable",     "unauthorized", "unexpected", "unknown",      "unset",    "use",
      "using",      "was",          "when",       "which",        "will",     "with",
      "without",    "wrong",        "you",        "your",         "accepted",
  };
  return is_one_of(kWords, word);
}

}  // namespace engine
