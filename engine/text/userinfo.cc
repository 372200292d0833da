#include "engine/text/userinfo.h"

#include <algorithm>
#include <array>
#include <string>

#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::string_view kCutOff = "…";

bool is_of_user(char c) {
  return is_alphanumeric(c) || c == '.' || c == '_' || c == '-' || c == '%' || c == '+' || c == '~';
}

bool is_of_host(char c) {
  return is_alphanumeric(c) || c == '.' || c == '-';
}

bool ends_word(char c) {
  return c == '"' || c == '\'' || c == '`' || c == '<' || c == '>' ||
         static_cast<unsigned char>(c) <= ' ';
}

bool ends_authority(char c) {
  return c == '/' || c == '?' || c == '#' || c == '\\';
}

std::size_t length_of_run(std::string_view text, bool (*belongs)(char)) {
  const auto* const end = std::find_if_not(text.begin(), text.end(), belongs);
  return static_cast<std::size_t>(end - text.begin());
}

bool names_a_host(std::string_view text) {
  const auto host = text.substr(0, length_of_run(text, is_of_host));
  return host.find('.') != std::string_view::npos || host == "localhost" || text.starts_with('[');
}

// `v1.2.3`, `4.17.21`, but not an IPv4 address.
bool is_version(std::string_view host) {
  host.remove_prefix(host.starts_with('v') ? 1 : 0);
  return std::ranges::all_of(host, [](char c) { return is_digit(c) || c == '.'; }) &&
         std::ranges::count(host, '.') != 3;
}

bool is_digest(std::string_view text) {
  return text.starts_with("sha256:") || text.starts_with("sha512:") || text.starts_with("sha1:");
}

// "Email:ann@example.com"
bool announces_an_address(std::string_view name) {
  constexpr std::array<std::string_view, 10> kNames = {
      "mailto", "email", "e-mail", "mail", "author", "from", "to", "cc", "contact", "npm",
  };
  return std::ranges::any_of(kNames, [&](std::string_view known) {
    return std::ranges::equal(known, name, [](char a, char b) { return a == in_lower_case(b); });
  });
}

}  // namespace

const AddressWord& AddressWords::around(std::size_t offset) {
  if (offset >= word_.begin && offset < word_.end) {
    return word_;
  }
  word_ = {offset, offset, std::string_view::npos};
  for (; word_.end < text_.size() && !ends_word(text_[word_.end]); ++word_.end) {
    if (text_[word_.end] == '@') {
      word_.last_at = word_.end;
    }
  }
  return word_;
}

std::size_t userinfo_length(std::string_view text, std::size_t at, const AddressWord& word) {
  const std::string_view rest = text.substr(at, word.end > at ? word.end - at : 0);
  const auto* const authority_end = std::find_if(rest.begin(), rest.end(), ends_authority);
  const auto authority = rest.substr(0, static_cast<std::size_t>(authority_end - rest.begin()));
  const bool more = word.last_at != std::string_view::npos && word.last_at >= at + authority.size();
  if (const auto found = authority.rfind('@'); found != std::string_view::npos) {
    // What follows is the host, unless the password has both an unescaped '@' and a '/'.
    const bool is_host = names_a_host(authority.substr(found + 1));
    return more && !is_host && names_a_host(text.substr(word.last_at + 1)) ? word.last_at + 1 - at
                                                                           : found + 1;
  }
  // A password with an unescaped '/' ends the authority early; what follows the colon is no port
  // then.
  const auto colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.starts_with('[') ||
      std::ranges::all_of(authority.substr(colon + 1), is_digit)) {
    return 0;
  }
  if (more) {
    return word.last_at + 1 - at;
  }
  return rest.ends_with(kCutOff) ? rest.size() - kCutOff.size() : 0;  // cut in the password
}

std::size_t login_length(std::string_view text, std::size_t at, const AddressWord& word) {
  const std::size_t name = length_of_run(text.substr(at), is_of_user);
  const std::size_t colon = at + name;
  if (name == 0 || colon >= text.size() || text[colon] != ':' ||
      word.last_at == std::string_view::npos || word.last_at <= colon + 1 ||
      announces_an_address(text.substr(at, name))) {
    return 0;
  }
  const std::string_view password = text.substr(colon + 1, word.last_at - colon - 1);
  constexpr std::size_t kMaxOfHost = 256;
  const std::string_view address =
      text.substr(word.last_at + 1, std::min(kMaxOfHost, word.end - word.last_at - 1));
  const std::string_view host = address.substr(0, length_of_run(address, is_of_host));
  if (password.starts_with("//") || is_digest(address) ||
      (host.empty() ? !address.starts_with('[') : is_version(host))) {
    return 0;
  }
  const bool has_slash = password.find('/') != std::string_view::npos;
  if (has_slash && (!names_a_host(address) || host.ends_with(".git"))) {
    return 0;  // a path, in which '@' means nothing
  }
  return word.last_at + 1 - at;
}

std::size_t encoded_userinfo_length(std::string_view rest) {
  constexpr std::size_t kMax = 512;
  rest = rest.substr(0, kMax);
  const auto* const end =
      std::find_if(rest.begin(), rest.end(), [](char c) { return ends_word(c) || c == '&'; });
  rest = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
  for (const std::string_view slash : {"%2F", "%2f", "/"}) {
    rest = rest.substr(0, rest.find(slash));
  }
  const auto at = rest.rfind("%40");
  return at == std::string_view::npos ? 0 : at + 3;
}

bool is_scheme_of_host(std::string_view name) {
  constexpr std::array<std::string_view, 8> kSchemes = {"http", "https", "ssh",     "git",
                                                        "ftp",  "ftps",  "git+ssh", "HTTPS"};
  return std::ranges::find(kSchemes, name) != kSchemes.end();
}

std::string without_userinfo(std::string_view url) {
  // All of it is the URL, also where it has white space or quotes in it.
  const AddressWord whole{0, url.size(), url.rfind('@')};
  std::size_t host = 0;
  std::size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    host = scheme + 3;
  } else if (const auto colon = url.find(":/");
             colon != std::string_view::npos && is_scheme_of_host(url.substr(0, colon))) {
    host = colon + 2;
  } else {
    // Without its scheme, "user:password@host/x", which git takes for ssh to "user".
    const auto at = url.find('@');
    const std::string_view authority = url.substr(0, url.find('/'));
    const bool has_password = at < authority.size() && url.find(':') < at;
    return redact(has_password ? url.substr(authority.rfind('@') + 1) : url);
  }
  const std::size_t userinfo = userinfo_length(url, host, whole);
  return redact(std::string(url.substr(0, host)).append(url.substr(host + userinfo)));
}

}  // namespace engine
