#include "engine/git/read_identity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/git/configuration.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

using Settings = std::map<std::string, std::string, std::less<>>;

// A name or address as git writes it into a commit: without angle brackets and line breaks, and
// without punctuation at its ends.
std::string as_in_commit(std::string_view text) {
  std::string kept;
  std::ranges::copy_if(text, std::back_inserter(kept),
                       [](char c) { return c != '<' && c != '>' && c != '\n' && c != '\0'; });
  const auto is_crud = [](char c) {
    return static_cast<unsigned char>(c) <= ' ' ||
           std::string_view(".,:;\"\\'").find(c) != std::string_view::npos;
  };
  const auto first = std::find_if_not(kept.begin(), kept.end(), is_crud);
  const auto last = std::find_if_not(kept.rbegin(), kept.rend(), is_crud).base();
  return first < last ? std::string(first, last) : std::string();
}

// The first of the given sources that says something: environment variables, then settings.
class Sources {
 public:
  Sources(const Environment& environment, const Settings& settings)
      : environment_(environment), settings_(settings) {}

  std::optional<std::string> variable(std::string_view name) const {
    return nonempty(environment_.get(name));
  }
  std::optional<std::string> setting(std::string_view key) const {
    const auto entry = settings_.find(key);
    return entry == settings_.end() ? std::nullopt : nonempty(entry->second);
  }

 private:
  static std::optional<std::string> nonempty(const std::optional<std::string>& text) {
    std::string clean = text ? as_in_commit(*text) : std::string();
    return clean.empty() ? std::nullopt : std::optional(std::move(clean));
  }
  const Environment& environment_;
  const Settings& settings_;
};

std::optional<std::string> first_of(std::initializer_list<std::optional<std::string>> candidates) {
  const auto* const found = std::ranges::find_if(
      candidates,
      [](const std::optional<std::string>& candidate) { return candidate.has_value(); });
  return found == candidates.end() ? std::nullopt : *found;
}

// git's order of precedence for a role, "author" or "committer" ("AUTHOR", "COMMITTER" in
// variables).
Person person(const Sources& sources, const std::string& role, const std::string& variable_role) {
  return {first_of({sources.variable("GIT_" + variable_role + "_NAME"),
                    sources.setting(role + ".name"), sources.setting("user.name")})
              .value_or(""),
          first_of({sources.variable("GIT_" + variable_role + "_EMAIL"),
                    sources.setting(role + ".email"), sources.setting("user.email"),
                    sources.variable("EMAIL")})
              .value_or("")};
}

Failure no_identity(bool name_missing, bool email_missing) {
  const std::string name_command = "`git config --global user.name \"Your Name\"`";
  const std::string email_command = "`git config --global user.email you@example.com`";
  if (name_missing && email_missing) {
    return fail(Code::no_identity, "Git's user.name and user.email are not set.",
                "Set them with " + name_command + " and " + email_command + ".");
  }
  return name_missing ? fail(Code::no_identity, "Git's user.name is not set.",
                             "Set it with " + name_command + ".")
                      : fail(Code::no_identity, "Git's user.email is not set.",
                             "Set it with " + email_command + ".");
}

// A boolean of git's configuration; nothing for text that is none.
std::optional<bool> parse_bool(std::string_view text) {
  const std::string word = in_lower_case(text);
  if (word == "true" || word == "yes" || word == "on") {
    return true;
  }
  if (word == "false" || word == "no" || word == "off" || word.empty()) {
    return false;
  }
  std::int64_t number = 0;
  const char* const end = word.data() + word.size();
  const auto [stop, error] = std::from_chars(word.data(), end, number);
  return error == std::errc() && stop == end ? std::optional(number != 0) : std::nullopt;
}

Result<Settings> read_settings(const Host& host, const std::filesystem::path& clone,
                               const CallContext& call, TlsVerification tls) {
  auto entries =
      read_git_configuration(host, tls, clone, &GitCommands::identity_configuration, call);
  RETURN_IF_FAILED(entries);
  Settings settings;
  for (auto& [key, value] : *entries) {
    settings.insert_or_assign(std::move(key), std::move(value));
  }
  return settings;
}

}  // namespace

Result<Identity> read_identity(const Host& host, const std::filesystem::path& clone,
                               const CallContext& call, TlsVerification tls) {
  auto settings = read_settings(host, clone, call, tls);
  RETURN_IF_FAILED(settings);
  const Sources sources(host.environment, *settings);
  Identity identity;
  identity.author = person(sources, "author", "AUTHOR");
  identity.committer = person(sources, "committer", "COMMITTER");
  const bool name_missing = identity.author.name.empty() || identity.committer.name.empty();
  const bool email_missing = identity.author.email.empty() || identity.committer.email.empty();
  if (name_missing || email_missing) {
    return no_identity(name_missing, email_missing);
  }
  if (const auto entry = settings->find("commit.gpgsign"); entry != settings->end()) {
    const auto sign = parse_bool(entry->second);
    if (!sign) {
      return fail(
          Code::bad_config,
          "Git's commit.gpgsign is " + named(entry->second) + ", which is neither true nor false.",
          "Correct it with `git config --global commit.gpgsign true` (or false).");
    }
    identity.sign_commits = *sign;
  }
  return identity;
}

Result<std::optional<Identity>> expect_identity(const Host& host,
                                                const std::filesystem::path& clone,
                                                const CallContext& call, TlsVerification tls) {
  auto identity = read_identity(host, clone, call, tls);
  if (identity) {
    return std::optional(std::move(*identity));
  }
  if (identity.error().code == Code::no_identity) {
    const auto includes =
        read_git_configuration(host, tls, clone, &GitCommands::conditional_includes, call);
    if (includes && !includes->empty()) {
      return std::optional<Identity>();
    }
  }
  return failure_of(identity);
}

}  // namespace engine
