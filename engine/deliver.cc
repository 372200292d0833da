#include "engine/deliver.h"

#include <utility>

#include "engine/base/timed_stop.h"
#include "engine/forge/merge_request.h"
#include "engine/forge/request_address.h"
#include "engine/text/join.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// After a cancellation, or the client's end, which waits two seconds (specification, section 8).
constexpr std::chrono::milliseconds kGrace{1500};

void set_address(PushedProposal& proposal, const RequestAddress& request) {
  proposal.url = request.url ? std::optional(sanitize_line(*request.url)) : std::nullopt;
  proposal.number = request.number;
}

// Nothing of what the remote says is lost: what is not about the request is a warning.
RequestWords read_words(PushedChange& pushed) {
  RequestWords words = read_request_words(pushed.proposal->words, pushed.proposal->ref);
  if (const std::string others = sanitize_line(joined(words.others, " ")); !others.empty()) {
    pushed.warnings.push_back("The remote says: " + others);
  }
  return words;
}

// The commit is on the branch, but there is no request for it.
Error no_request(const PushedChange& pushed, const FluxRepository& repository,
                 const std::string& why, const std::string& hint) {
  const std::string& branch = pushed.proposal->branch;
  std::string message = "Branch " + branch + " of " + repository.shown_url() +
                        " has the change, but no request to merge it into " + pushed.branch +
                        " was opened: " + why;
  Details details = {{"branch", branch}};
  if (pushed.commit) {
    details.emplace_back("commit", pushed.commit->text());
  }
  return {Code::proposal_failed, std::move(message), hint, std::move(details)};
}

class GitHubProposal {
 public:
  GitHubProposal(const Host& host, FluxRepository& repository, const Change& change,
                 const ProposalPlan& plan, const Identity& identity, const CallContext& call)
      : host_(host),
        repository_(repository),
        change_(change),
        plan_(plan),
        identity_(identity),
        call_(call) {}

  Result<PushedChange> finish(PushedChange pushed) const {
    const MergeRequest request = request_of(pushed);
    RequestWords words = read_words(pushed);
    call_.report("looking for the pull request of " + pushed.proposal->branch);
    // It is pushed: better that it has its request as well.
    const auto late = TimedStop::after(call_.stop, kGrace);
    const CallContext to_the_end{late.token(), call_.progress};
    auto open = find_merge_request(host_, request, to_the_end);
    if (!open) {
      return Failure(failure(pushed, request, words, open.error()));
    }
    pushed.proposal->reused = open->has_value();
    if (*open) {
      set_address(*pushed.proposal, **open);
      return pushed;
    }
    if (pushed.proposal->already) {
      return renew();
    }
    call_.report("opening a pull request for " + pushed.proposal->branch);
    auto opened = open_merge_request(host_, request, to_the_end);
    if (!opened) {
      // Another proposer of the user's may have been faster.
      open = find_merge_request(host_, request, to_the_end);
      if (!open || !*open) {
        return Failure(failure(pushed, request, words, opened.error()));
      }
      pushed.proposal->reused = true;
      opened = **open;
    }
    set_address(*pushed.proposal, *opened);
    return pushed;
  }

 private:
  MergeRequest request_of(const PushedChange& pushed) const {
    return {plan_.repository, pushed.proposal->branch, pushed.branch, plan_.target.title,
            plan_.body};
  }

  // The branch has the change, but its request was closed: a new one is opened, for a commit on the
  // branch's head of now.
  Result<PushedChange> renew() const {
    Change again = change_;
    again.proposal->renew = true;
    auto pushed = repository_.push(again, identity_, call_);
    RETURN_IF_FAILED(pushed);
    return pushed->proposal && !pushed->proposal->already ? finish(std::move(*pushed))
                                                          : std::move(pushed);
  }

  Error failure(const PushedChange& pushed, const MergeRequest& request, const RequestWords& words,
                const Error& why) const {
    const std::string page =
        words.create_page.value_or("https://" + request.repository + "/compare/" + request.base +
                                   "..." + request.head + "?expand=1");
    const std::string command = command_to_open(request);
    Error error =
        no_request(pushed, repository_, why.message,
                   "Open it with `" + command + "` or at " + page +
                       ", or make gh work (`gh auth status`; its token needs the right to "
                       "write pull requests) and roll out again.");
    error.details.emplace_back("command", command);
    error.details.emplace_back("url", page);
    return error;
  }

  const Host& host_;
  FluxRepository& repository_;
  const Change& change_;
  const ProposalPlan& plan_;
  const Identity& identity_;
  const CallContext& call_;
};

// The push has asked the forge to open the request.
Result<PushedChange> with_request_of_push(const FluxRepository& repository, PushedChange pushed) {
  const RequestWords words = read_words(pushed);
  if (words.failure) {
    return Failure(no_request(
        pushed, repository, *words.failure,
        words.create_page ? "Open it at " + *words.create_page + "."
                          : "Open it in the forge's web pages, for the branch that was pushed."));
  }
  set_address(*pushed.proposal, words.request);
  return pushed;
}

}  // namespace

Result<PushedChange> deliver(const Host& host, FluxRepository& repository, const Change& change,
                             const ProposalPlan* proposal, const Identity& identity,
                             const CallContext& call) {
  auto pushed = repository.push(change, identity, call);
  if (!pushed || !pushed->proposal || proposal == nullptr || change.dry_run) {
    return pushed;
  }
  return proposal->forge == FluxForge::github
             ? GitHubProposal(host, repository, change, *proposal, identity, call)
                   .finish(std::move(*pushed))
             : with_request_of_push(repository, std::move(*pushed));
}

}  // namespace engine
