#include "engine/git/push_result.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "engine/git/failure.h"
#include "engine/git/lines.h"
#include "engine/git/redirection.h"
#include "engine/text/ascii.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::array<std::string_view, 9> kRaces = {
    "failed to update ref", "cannot lock",  "failed to lock",
    "lock failure",         "LOCK_FAILURE", "old value",
    "stale info",           "fetch first",  "non-fast-forward",
};

// "[remote rejected] (pre-receive hook declined)" -> "pre-receive hook declined".
std::string reason_of(std::string_view summary) {
  const auto open = summary.find('(');
  const auto close = summary.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return sanitize_line(summary);
  }
  return sanitize_line(summary.substr(open + 1, close - open - 1));
}

// `line` is "<flag>\t<from>:<to>\t<summary>".
PushResult read_line(std::string_view line) {
  const std::string_view summary = line.substr(line.find('\t', 2) + 1);
  if (line.front() != '!') {
    const auto colon = line.find(':');
    const auto end = line.find('\t', colon);
    return {.kind = line.front() == '=' ? PushResult::Kind::up_to_date : PushResult::Kind::pushed,
            .ref = sanitize_line(line.substr(colon + 1, end - colon - 1)),
            .created = line.front() == '*'};
  }
  if (summary.starts_with("[remote failure]")) {
    return {.kind = PushResult::Kind::no_answer, .reason = reason_of(summary)};
  }
  const auto kind = summary.starts_with("[remote rejected]") ? PushResult::Kind::remote_rejected
                                                             : PushResult::Kind::rejected;
  return {.kind = kind, .reason = reason_of(summary)};
}

// The line about `ref`; if that is empty, the one about any.
PushResult parse_porcelain(std::string_view rest, std::string_view ref) {
  constexpr std::string_view kFlags = " +*=-!";
  const std::string to = ref.empty() ? ":refs/" : ":" + std::string(ref) + "\t";
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
    const bool about_a_ref =
        line.size() > 2 && line[1] == '\t' && kFlags.find(line[0]) != std::string_view::npos;
    if (about_a_ref && line.find(to) != std::string_view::npos) {
      return read_line(line);
    }
  }
  return {};
}

// What the remote told git about its unpacking: "unable to create temporary object directory".
std::vector<std::string> unpacking_words(std::string_view err) {
  constexpr std::string_view kStart = "error: remote unpack failed: ";
  std::vector<std::string> words;
  for (const std::string_view line : lines_of(err)) {
    if (line.starts_with(kStart)) {
      words.push_back(shown_line(line.substr(kStart.size())));
    }
  }
  return words;
}

std::vector<std::string> words_of(PushResult::Kind kind, std::string_view err) {
  std::vector<std::string> words = remote_words(err);
  if (kind == PushResult::Kind::pushed) {
    return words;
  }
  std::ranges::move(unpacking_words(err), std::back_inserter(words));
  if (kind == PushResult::Kind::no_answer && words.empty()) {
    words.push_back(sanitize_line(err));
  }
  return words;
}

// What a request says that is at the very commit: "new commit is same with old commit" in Gitea.
bool is_same_commit(const PushResult& result) {
  const std::string reason = in_lower_case(result.reason);
  return result.kind == PushResult::Kind::remote_rejected &&
         reason.find("new commit") != std::string::npos && reason.find("same") != std::string::npos;
}

}  // namespace

PushResult parse_review_push(const ProcessResult& completion, std::string_view ref) {
  PushResult result = parse_push(completion, "");
  // Nobody but a remote that keeps the ref has one that the lease can be lost to, or that is at the
  // commit already.
  result.lacks_agit = result.kind == PushResult::Kind::rejected ||
                      result.kind == PushResult::Kind::up_to_date ||
                      (result.kind == PushResult::Kind::pushed && result.ref == ref);
  if (is_same_commit(result)) {
    result.kind = PushResult::Kind::up_to_date;
  }
  return result;
}

PushResult parse_push(const ProcessResult& completion, std::string_view ref) {
  PushResult result = parse_porcelain(completion.out, ref);
  result.words = words_of(result.kind, completion.err);
  result.redirected_to = redirection_in(completion.err);
  if (result.kind == PushResult::Kind::no_answer) {
    result.sent_nothing = nothing_was_sent(completion);
    result.refused_here = completion.kind == ProcessResult::Kind::exited &&
                          completion.err.find("failed to push some refs") != std::string::npos;
  }
  return result;
}

bool is_race(std::string_view reason) {
  return std::ranges::any_of(
      kRaces, [&](std::string_view words) { return reason.find(words) != std::string_view::npos; });
}

bool PushResult::lost_race() const {
  return kind != Kind::pushed && is_race(reason);
}

bool PushResult::is_refused_by_policy() const {
  return kind == Kind::remote_rejected && !is_race(reason);
}

bool PushResult::is_shallow_refusal() const {
  return reason.find("shallow") != std::string::npos;
}

bool PushResult::has_reached_remote() const {
  return kind == Kind::remote_rejected || (kind == Kind::no_answer && !sent_nothing);
}

}  // namespace engine
