#include "engine/flux/push_failure.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "engine/text/join.h"
#include "engine/text/text.h"

namespace engine {

// "12 seconds", "3 minutes": how long ago something was.
std::string age_of(std::int64_t time) {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  const std::int64_t seconds = std::max<std::int64_t>(0, now - time);
  const auto in = [](std::int64_t count, const std::string& unit) {
    return std::to_string(count) + " " + unit + (count == 1 ? "" : "s");
  };
  constexpr std::int64_t kMinute = 60;
  constexpr std::int64_t kHour = 60 * kMinute;
  constexpr std::int64_t kDay = 24 * kHour;
  if (seconds < 2 * kMinute) {
    return in(seconds, "second");
  }
  if (seconds < 2 * kHour) {
    return in(seconds / kMinute, "minute");
  }
  return seconds < 2 * kDay ? in(seconds / kHour, "hour") : in(seconds / kDay, "day");
}

std::string joined_line(const std::vector<std::string>& words) {
  return sanitize_line(joined(words, " "));
}

namespace {

// The remote could not put away what it was sent, and of that it says no more in its own lines.
bool is_unpacking_failure(std::string_view reason) {
  return reason.find("unpacker error") != std::string_view::npos ||
         reason.find("unpack failed") != std::string_view::npos;
}

// The branch that leaves no room for another one, as git says it: "'refs/heads/a' exists; cannot
// create 'refs/heads/a/b'". Empty where it does not.
std::string branch_in_the_way(const PushResult& push) {
  constexpr std::string_view kBefore = "'refs/heads/";
  constexpr std::string_view kAfter = "' exists; cannot create";
  std::vector<std::string> said = push.words;
  said.push_back(push.reason);
  for (const std::string& words : said) {
    const auto end = words.find(kAfter);
    const auto begin = end == std::string::npos ? end : words.rfind(kBefore, end);
    if (begin != std::string::npos) {
      const auto name = begin + kBefore.size();
      return words.substr(name, end - name);
    }
  }
  return {};
}

std::string refusal_hint(const RemoteNames& remote, const std::string& branch,
                         const PushResult& push, PushTo to) {
  if (push.kind == PushResult::Kind::no_answer) {
    return "A pre-push hook on this machine decides that: see git's core.hooksPath, and "
           ".git/hooks in " +
           remote.clone + ".";
  }
  if (is_unpacking_failure(push.reason)) {
    return "The remote could not store the push, whatever its content: its disk may be full, "
           "a quota reached, or its repository not writable for the account that git has there. "
           "Ask its administrator.";
  }
  if (const std::string other = branch_in_the_way(push); !other.empty()) {
    return "The remote has a branch " + other + ", and git cannot have " + branch +
           " beside it. Rename or delete that branch.";
  }
  if (is_race(push.reason)) {
    return "The remote's branch did not move, so no other push came first: a lock file that a dead "
           "process left on the remote may be in the way. Ask its administrator.";
  }
  if (to == PushTo::proposal) {
    return "A rule or a hook of the remote decides that: ask an administrator of the repository "
           "for "
           "the right to push to " +
           branch + "; `fluxForge` of the rwenv says how requests are opened.";
  }
  return "A protected branch or a hook of the remote decides that: ask an administrator of the "
         "repository for the right to push to " +
         branch +
         ", or set `fluxWrite` of the rwenv to `pull-request`: then rollouts are proposed as pull "
         "or "
         "merge requests.";
}

}  // namespace

Error push_refusal(const RemoteNames& remote, const std::string& branch, const PushResult& push,
                   PushTo to) {
  // The remote has got nothing that it could unpack then, and says so.
  if (push.error.code == Code::disk_full) {
    return push.error;
  }
  const bool by_hook_here = push.kind == PushResult::Kind::no_answer;
  std::string message =
      by_hook_here ? "Git refused to push to " : "The remote refused the push to ";
  message += branch + " of " + remote.url;
  message += push.reason.empty() ? ":" : ": " + push.reason + ".";
  if (const std::string text = joined_line(push.words); !text.empty()) {
    message += " " + text;
  }
  return {Code::rejected,
          std::move(message),
          refusal_hint(remote, branch, push, to),
          {{"reason", push.reason}, {"remoteWords", push.words}}};
}

Error proposal_push_error(Error error) {
  if (error.code == Code::rejected && error.message.find("push options") != std::string::npos) {
    error.hint =
        "A request is opened there by options of the push, which the remote does not accept: ask "
        "its "
        "administrator to allow them (`receive.advertisePushOptions`), or correct `fluxForge` of "
        "the "
        "rwenv.";
  }
  return error;
}

Error lacks_agit(const RemoteNames& remote, const std::string& branch) {
  const std::string ref = "refs/for/" + branch;
  return {Code::proposal_failed,
          remote.url + " has " + ref +
              " as a ref of its own, so it does not know AGit, and no request was opened.",
          "Gitea and Forgejo know AGit if their server has git 2.29 or later; for another forge, "
          "correct `fluxForge` of the rwenv. Remove the ref with `git push origin --delete " +
              ref + "` in " + remote.clone + ".",
          {{"ref", ref}}};
}

Error unknown_push(const RemoteNames& remote, const std::string& branch, const PushResult& push,
                   const CommitId& commit, const Error& why) {
  return {Code::unknown_outcome,
          "The push of commit " + commit.short_sha() + " to " + branch + " of " + remote.url +
              " broke off, and the remote cannot be asked whether it arrived. " +
              push.error.message + " " + why.message,
          "When the remote answers again, try again (a change that arrived is reported as "
          "already there), or look for the commit with `git fetch origin && git log origin/" +
              branch + "` in " + remote.clone + ".",
          {{"commit", commit.text()}}};
}

Error push_conflict(const RemoteNames& remote, const std::string& branch, std::int64_t attempts,
                    const std::optional<Authorship>& last) {
  std::string message = "Tried " + std::to_string(attempts) + " times to push to " + branch +
                        " of " + remote.url + ", and another push came first each time";
  Details details = {{"attempts", attempts}};
  if (last) {
    message +=
        "; the branch was last moved by " + last->author + ", " + age_of(last->time) + " ago";
    details.emplace_back("lastMovedBy", last->author);
  }
  return {Code::conflict, message + ".", "Try again when fewer people are pushing to it.",
          std::move(details)};
}

}  // namespace engine
