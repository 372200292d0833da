#include "engine/git/push_helper.h"

#include <algorithm>
#include <array>

#include "engine/git/commands.h"
#include "engine/git/lines.h"
#include "engine/git/url_rewriting.h"
#include "engine/text/ascii.h"

namespace engine {
namespace {

// As `git push` without a terminal sets them.
constexpr int kOptions = 2;

// A line that is longer than one about a ref is not what we look for.
constexpr std::size_t kMaxLine = 8192;
constexpr std::size_t kMaxOfPush = 65536;

// What may be set for the remote without changing where a push goes, or how.
constexpr std::array<std::string_view, 9> kHarmless = {
    "url",   "fetch",          "tagopt", "prune", "prunetags", "promisor", "partialclonefilter",
    "proxy", "proxyauthmethod"};

// The reasons for which git itself does not send a ref; all others come from the remote.
constexpr std::array<std::string_view, 7> kNotSent = {
    "non-fast forward", "fetch first",    "needs force",
    "stale info",       "already exists", "remote ref updated since checkout",
    "no match"};

bool is_insteadof(std::string_view key) {
  return key.starts_with("url.");
}

// The name of a setting of the remote, "remote.origin.<name>"; empty for any other setting.
std::string_view name_for_remote(std::string_view key) {
  constexpr std::string_view kSection = "remote.origin.";
  return key.starts_with(kSection) ? key.substr(kSection.size()) : std::string_view();
}

bool is_harmless(std::string_view key) {
  return is_insteadof(key) || std::ranges::find(kHarmless, name_for_remote(key)) != kHarmless.end();
}

// "\"a \\\"word\\\"\"" -> "a \"word\"": git quotes what has characters that would not fit in a
// line.
std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') {
    return std::string(text);
  }
  std::string result;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      ++i;
    }
    result += text[i];
  }
  return result;
}

std::string refused(const std::string& refs, std::string_view why) {
  const std::string reason = unquoted(why);
  const bool sent = std::ranges::find(kNotSent, reason) == kNotSent.end();
  return "!\t" + refs + (sent ? "\t[remote rejected]" : "\t[rejected]") +
         (reason.empty() ? "" : " (" + reason + ")") + "\n";
}

}  // namespace

const std::string_view kHelperGreeting =
    "capabilities\n"
    "option progress false\n"
    "option verbosity 1\n"
    "list for-push\n";

std::string helper_push(std::string_view branch, const CommitId& commit, const CommitId& expected) {
  const std::string ref = GitCommands::branch_ref(branch);
  return "option cas " + ref + ":" + expected.text() + "\npush " + commit.text() + ":" + ref +
         "\n\n\n";
}

std::optional<std::string> helper_scheme(
    const std::vector<std::pair<std::string, std::string>>& settings, const RemoteUrl& url) {
  const auto urls = std::ranges::count(settings, "remote.origin.url",
                                       &std::pair<std::string, std::string>::first);
  const bool as_usual =
      std::ranges::all_of(settings, [](const auto& setting) { return is_harmless(setting.first); });
  const UrlRewriting rewriting(settings);
  if (!as_usual || urls != 1 || rewriting.for_push(url.with_userinfo()) != url.with_userinfo()) {
    return std::nullopt;
  }
  const std::string address = rewriting.rewritten(url.with_userinfo());
  const std::string scheme = address.substr(0, address.find("://"));
  return scheme == "https" || scheme == "http" ? std::optional(scheme) : std::nullopt;
}

HelperAnswers::HelperAnswers(std::string_view branch) : ref_(GitCommands::branch_ref(branch)) {}

void HelperAnswers::read(std::string_view piece) {
  while (!piece.empty() && step_ != Step::pushing && step_ != Step::unknown) {
    const auto end = piece.find('\n');
    line_ += piece.substr(0, std::min(end, kMaxLine));
    if (end == std::string_view::npos) {
      // The beginning of a line that is too long says enough.
      line_.resize(std::min(line_.size(), kMaxLine));
      return;
    }
    piece.remove_prefix(end + 1);
    read_line(line_);
    line_.clear();
  }
  if (step_ == Step::pushing) {
    of_push_ += piece.substr(0, kMaxOfPush - std::min(of_push_.size(), kMaxOfPush));
  }
}

void HelperAnswers::read_line(std::string_view line) {
  switch (step_) {
    case Step::capabilities:
      can_push_ = can_push_ || line == "push";
      if (line.empty()) {
        step_ = can_push_ ? Step::options : Step::unknown;
      }
      return;
    case Step::options:
      if (line != "ok" && line != "unsupported") {
        step_ = Step::unknown;
      } else if (++options_ == kOptions) {
        step_ = Step::refs;
      }
      return;
    case Step::refs:
      if (line.empty()) {
        step_ = Step::pushing;
      } else if (const auto space = line.find(' '); line.substr(space + 1) == ref_) {
        tip_ = CommitId::parse(line.substr(0, space));
      }
      return;
    case Step::pushing:
    case Step::unknown:
      return;
  }
}

std::string porcelain_of(std::string_view of_push, std::string_view branch,
                         const CommitId& commit) {
  const std::string ref = GitCommands::branch_ref(branch);
  const std::string refs = commit.text() + ":" + ref;
  const std::string taken = "ok " + ref;
  const std::string not_taken = "error " + ref;
  for (const std::string_view line : lines_of(of_push)) {
    if (line == taken) {
      return " \t" + refs + "\tpushed\nDone\n";
    }
    if (line.starts_with(taken + " ")) {
      return unquoted(line.substr(taken.size() + 1)) == "up to date"
                 ? "=\t" + refs + "\t[up to date]\nDone\n"
                 : " \t" + refs + "\tpushed\nDone\n";
    }
    if (line == not_taken || line.starts_with(not_taken + " ")) {
      return refused(refs, line.substr(std::min(line.size(), not_taken.size() + 1)));
    }
  }
  return {};
}

}  // namespace engine
