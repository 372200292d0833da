#include "engine/rollback_choice.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "engine/base/reader_word.h"
#include "engine/git/squashed_message.h"
#include "engine/manifest/tag_text.h"
#include "engine/replace_guard.h"
#include "engine/replacement.h"
#include "engine/resolve_tag.h"
#include "engine/text/ascii.h"
#include "engine/text/join.h"
#include "engine/text/text.h"

namespace engine {
namespace {

constexpr std::size_t kMaxShown = 200;
constexpr std::size_t kMaxListed = 30;
constexpr std::size_t kMaxSubject = 256;  // as subject_of() cuts it

std::string shown(std::string_view value) {
  return sanitize_line(value, kMaxShown);
}

// Whether the commit is the user's, as git names people: by their address.
bool is_by(const Identity& identity, const Authorship& by) {
  const std::string& own = identity.author.email;
  return !own.empty() && in_lower_case(own) == in_lower_case(by.email);
}

class Choosing {
 public:
  Choosing(const Host& host, const RollbackQuestion& question, const CallContext& call)
      : host_(host), question_(question), call_(call) {
    if (const auto& given = question.request.to) {
      to_ = std::string(trimmed(*given));
    }
  }

  Result<RollbackChoice> choose(const ReadTargetHistory& read,
                                const ReadValuesAnywhere& read_anywhere) {
    // The newest change is mostly enough, and mostly in a shallow clone.
    constexpr std::array<std::size_t, 3> kLimits = {1, 50, std::numeric_limits<std::size_t>::max()};
    for (const std::size_t limit : kLimits) {
      auto history = read(limit);
      RETURN_IF_FAILED(history);
      history_ = std::move(*history);
      if (const PastValue* const found = find_wanted()) {
        return judge(*found);
      }
      if (history_->changes.size() < limit) {
        break;  // there is no more
      }
    }
    if (to()) {
      elsewhere_ = read_anywhere();
      const auto found = std::ranges::find(elsewhere_, *to(), &PastValue::text);
      if (found != elsewhere_.end()) {
        return judge(*found);
      }
    }
    return refuse_without_value();
  }

 private:
  const std::optional<std::string>& to() const { return to_; }

  std::optional<std::string> current() const {
    return history_->value ? std::optional(history_->value->text()) : std::nullopt;
  }

  // What the rollback is to go back to, as far as the history says.
  const PastValue* find_wanted() const {
    if (is_wanted(history_->value)) {
      return &*history_->value;
    }
    for (const ValueChange& change : history_->changes) {
      if (is_wanted(change.previous)) {
        return &*change.previous;
      }
    }
    return nullptr;
  }

  // Without `to`: the newest that is not of what is there. Where a rollback of the user's has made
  // that, it is what the user wants: a second call does not undo the first.
  bool is_wanted(const std::optional<PastValue>& value) const {
    if (!value) {
      return false;
    }
    if (to()) {
      return value->text() == *to();
    }
    if (!history_->value) {
      return false;
    }
    return is_own_rollback() ? value == history_->value
                             : !is_of_same_change(value->text(), history_->value->text());
  }

  bool is_own_rollback() const {
    if (history_->changes.empty() || !history_->value) {
      return false;
    }
    const ValueChange& newest = history_->changes.front();
    return is_by(question_.identity, newest.by) &&
           is_commit_of(newest.message, newest.body,
                        sanitize_line(rollback_message(question_.target, history_->value->text()),
                                      kMaxSubject));
  }

  Result<RollbackChoice> judge(const PastValue& wanted) {
    const auto tag = PastTag::of(wanted);
    if (!tag) {
      return fail(Code::no_history,
                  "'" + shown(wanted.text()) +
                      "' was set before, but it is not a tag that can be "
                      "written back.",
                  for_reader("Set it by hand, or name another former tag with {to}; "
                             "{rollout_history} lists them."));
    }
    RollbackChoice choice{.tag = *tag, .current = current()};
    if (choice.current == tag->text() || !choice.current) {
      return choice;
    }
    choice.depends_on_owner =
        !to() || (question_.first_seen != nullptr && *question_.first_seen != choice.current);
    const auto number = pull_request_of(*choice.current);
    const bool confirms =
        question_.confirm_replace && number && number != pull_request_of(tag->text());
    choice.is_own = is_set_by_user();
    if (!choice.is_own && (choice.depends_on_owner || confirms)) {
      auto own = is_of_own_pull_request(number);
      RETURN_IF_FAILED(own);
      choice.is_own = *own;
    }
    if (choice.depends_on_owner && !choice.is_own) {
      return refuse_owner(*tag);
    }
    return choice;
  }

  bool is_set_by_user() const {
    return !history_->changes.empty() && is_by(question_.identity, history_->changes.front().by);
  }

  // What cannot be found out is no, and why_unknown_ then.
  Result<bool> is_of_own_pull_request(const std::optional<PrNumber>& number) {
    if (!number) {
      return false;
    }
    auto resolved = resolve_tag(host_, {question_.request.project, std::nullopt}, call_);
    if (resolved) {
      return resolved->pr_number == *number;
    }
    if (resolved.error().code == Code::cancelled) {
      return failure_of(resolved);
    }
    why_unknown_ = resolved.error().message;
    return false;
  }

  Failure refuse_owner(const PastTag& by) const {
    ReplacedValue value{history_->value->text()};
    if (!history_->changes.empty()) {
      const ValueChange& newest = history_->changes.front();
      value.origin = ValueOrigin{newest.commit, newest.by};
    }
    const Moment now = time_now(host_.clock);
    std::string hint = whose_to_ask();
    if (why_unknown_) {
      hint += " The project's pull request is not known: " + *why_unknown_;
    }
    return Failure(
        not_yours(replacement_of(value, by, now), in_words(value, now), std::move(hint)));
  }

  Failure refuse_without_value() const {
    const std::string place =
        shown(question_.target.label()) + " in " + shown(question_.target.file.text());
    const std::string older =
        history_->stopped ? " Older ones are not known. Stopped " + *history_->stopped + "." : "";
    const std::vector<std::string> tags = tags_that_were();
    if (to()) {
      return fail(
          Code::no_history, never_there(place, tags),
          for_reader("Only a former tag can be put back; {rollout_history} lists them.") + older,
          {{"tags", tags}});
    }
    if (!history_->value) {
      return fail(Code::no_history, "No tag is set for " + place + ", so none can be put back.",
                  for_reader("Name a former tag with {to}; {rollout_history} lists them."));
    }
    return fail(
        Code::no_history,
        "There is nothing to go back to: " + place +
            (history_->stopped ? " has had no other tag in the history that could be read before "
                               : " has had no other tag before ") +
            shown(history_->value->text()) + ".",
        "Nothing was changed. To set the image of another commit, use a rollout." + older,
        {{"tags", tags}});
  }

  // What is not known is not denied.
  std::string never_there(const std::string& place, const std::vector<std::string>& tags) const {
    if (history_->stopped) {
      return "'" + shown(*to()) + "' is not in the history of " + place +
             (tags.empty()
                  ? ", as far as that could be read."
                  : ", as far as that could be read. Tags that are known: " + joined(tags) + ".") +
             unseen_characters(tags);
    }
    return "'" + shown(*to()) + "' is not in the history of " + place +
           (tags.empty() ? ". It has had none." : ". Its tags were: " + joined(tags) + ".") +
           unseen_characters(tags);
  }

  // A word where one of the tags looks like what was asked for.
  std::string unseen_characters(const std::vector<std::string>& tags) const {
    const std::string asked = shown(*to());
    return asked != *to() && std::ranges::find(tags, asked) != tags.end()
               ? " What was asked for has characters that cannot be seen."
               : "";
  }

  // Each once, the newest first; of many the first.
  std::vector<std::string> tags_that_were() const {
    std::vector<std::string> tags;
    const auto add = [&tags](const std::optional<PastValue>& value) {
      std::string tag = value ? shown(value->text()) : "";
      if (!tag.empty() && tags.size() < kMaxListed && std::ranges::find(tags, tag) == tags.end()) {
        tags.push_back(std::move(tag));
      }
    };
    add(history_->value);
    for (const ValueChange& change : history_->changes) {
      add(change.previous);
    }
    for (const PastValue& value : elsewhere_) {
      add(value);
    }
    return tags;
  }

  const Host& host_;
  const RollbackQuestion& question_;
  const CallContext& call_;
  std::optional<std::string> to_;  // without white space around it, which no tag has
  std::optional<PlaceHistory> history_;
  std::vector<PastValue> elsewhere_;        // on branches that were merged; only for `to`
  std::optional<std::string> why_unknown_;  // which is the project's pull request
};

}  // namespace

Result<RollbackChoice> choose_past_tag(const Host& host, const RollbackQuestion& question,
                                       const ReadTargetHistory& read,
                                       const ReadValuesAnywhere& read_anywhere,
                                       const CallContext& call) {
  return Choosing(host, question, call).choose(read, read_anywhere);
}

std::string rollback_message(const RolloutTarget& target, std::string_view tag) {
  return "revert(" + sanitize_line(target.label(), kMaxShown) + "): image tag back to " +
         std::string(tag);
}

bool is_of_same_change(std::string_view value, std::string_view other) {
  const auto number = pull_request_of(value);
  return value == other || (number && number == pull_request_of(other));
}

std::string whose_to_ask() {
  return for_reader(
      "Nothing was changed. Tell the user whose it is. If the user wants to replace it all the "
      "same, name the tag to go "
      "back to with {to}; {rollout_history} lists those that were there.");
}

}  // namespace engine
