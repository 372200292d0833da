#include "engine/find_pull_request.h"

#include <utility>

#include "engine/base/reader_word.h"
#include "engine/config/project_remotes.h"
#include "engine/forge/gh_hosts.h"
#include "engine/forge/list_pull_refs.h"
#include "engine/text/text.h"

namespace engine {
namespace {

// What the remote lists of its pull requests.
struct RefsAnswer {
  RemoteUrl url;
  PullRefReader refs;
};

Failure with_further_hint(Error error, const std::string& sentence) {
  error.hint += (error.hint.empty() ? "" : " ") + sentence;
  return Failure(std::move(error));
}

class PullRequestSearch {
 public:
  PullRequestSearch(const Host& host, const std::filesystem::path& project, const ProjectHead& head,
                    const FindFluxRemote& flux_remote, const CallContext& call)
      : host_(host), project_(project), head_(head), flux_remote_(flux_remote), call_(call) {}

  Result<FoundPullRequest> find() {
    auto remotes = read_project_remotes(host_, project_, head_.branch, call_);
    RETURN_IF_FAILED(remotes);
    remotes_ = std::move(*remotes);
    return is_unknown_to_gh() ? ask_remote_first() : ask_gh_first();
  }

 private:
  Result<FoundPullRequest> ask_gh_first() {
    GhAnswer gh = ask_gh();
    if (gh.pull_request) {
      return FoundPullRequest{std::move(*gh.pull_request), PrSource::gh, {}};
    }
    if (!gh.cannot_be_asked) {
      return failure_of(gh.pull_request);
    }
    Error& problem = gh.pull_request.error();
    auto answer = ask_remote();
    if (!answer && answer.error().code == Code::cancelled) {
      return failure_of(answer);
    }
    if (!answer) {
      return with_further_hint(std::move(problem), unreadable(answer.error()));
    }
    if (!*answer) {
      return Failure(std::move(problem));
    }
    if (!(*answer)->refs.has_any()) {
      return with_further_hint(std::move(problem), sanitize_line((*answer)->url.shown()) +
                                                       " lists no pull requests either.");
    }
    auto found = found_in(**answer);
    return found ? Result<FoundPullRequest>(std::move(*found))
                 : no_pull_request(**answer, problem.message);
  }

  Result<FoundPullRequest> ask_remote_first() {
    auto answer = ask_remote();
    if (answer && *answer) {
      auto found = found_in(**answer);
      return found ? Result<FoundPullRequest>(std::move(*found)) : no_pull_request(**answer, "");
    }
    if (!answer && answer.error().code == Code::cancelled) {
      return failure_of(answer);
    }
    // Gh knows further remotes of the project.
    GhAnswer gh = ask_gh();
    if (gh.pull_request) {
      return FoundPullRequest{std::move(*gh.pull_request), PrSource::gh, {}};
    }
    Error& problem = gh.pull_request.error();
    if (answer || problem.code == Code::cancelled) {
      return Failure(std::move(problem));
    }
    if (problem.code == Code::gh_missing || problem.code == Code::gh_auth) {
      return failure_of(answer);
    }
    return with_further_hint(std::move(problem), unreadable(answer.error()));
  }

  // Whether gh need not be started to see that it knows nothing of the remote. What an address of
  // ssh stands for is in ssh's own configuration, and gh reads that.
  bool is_unknown_to_gh() {
    const auto remote = push_remote(remotes_.of_branch, "");
    if (!remote ||
        !is_unknown_to_gh(RemoteUrl(remote->push_url.empty() ? remote->url : remote->push_url))) {
      return false;
    }
    users_ = read_users_git(host_, call_);
    const auto address = *users_ ? push_address(remotes_, **users_) : std::nullopt;
    return address && is_unknown_to_gh(address->contacted);
  }

  bool is_unknown_to_gh(const RemoteUrl& url) const {
    return !url.is_ssh() && !url.is_local() && !gh_may_know(host_.environment, url.host());
  }

  GhAnswer ask_gh() const {
    call_.report("asking gh for the pull request");
    return engine::ask_gh(host_, {project_, std::nullopt, false}, call_);
  }

  // Nothing if there is no remote that may be asked.
  Result<std::optional<RefsAnswer>> ask_remote() {
    if (!users_) {
      users_ = read_users_git(host_, call_);
    }
    RETURN_IF_FAILED(*users_);
    auto address = push_address(remotes_, **users_);
    if (!address) {
      return std::optional<RefsAnswer>();
    }
    call_.report("asking " + sanitize_line(address->contacted.shown()) + " for the pull request");
    auto refs = list_pull_refs(host_,
                               {.url = std::move(address->given),
                                .tls = verification_of(address->contacted),
                                .ssh = (*users_)->ssh,
                                .head = head_.commit,
                                .upstream = remotes_.upstream},
                               call_);
    RETURN_IF_FAILED(refs);
    return std::optional(RefsAnswer{std::move(address->contacted), std::move(*refs)});
  }

  // Off only for the host of a gitea Flux repository.
  TlsVerification verification_of(const RemoteUrl& url) const {
    const auto flux = url.host().empty() || !flux_remote_ ? std::nullopt : flux_remote_();
    if (!flux || flux->tls == TlsVerification::on) {
      return TlsVerification::on;
    }
    const RemoteUrl contacted((*users_)->ssh.rewriting.rewritten(flux->url.with_userinfo()));
    return contacted.host() == url.host() ? TlsVerification::off : TlsVerification::on;
  }

  std::optional<FoundPullRequest> found_in(const RefsAnswer& answer) const {
    const bool at_head = answer.refs.of_head().highest.has_value();
    const PullRequestsOfCommit& of = at_head ? answer.refs.of_head() : answer.refs.of_upstream();
    if (!of.highest) {
      return std::nullopt;
    }
    const CommitId& commit = at_head ? head_.commit : *remotes_.upstream;
    FoundPullRequest found{
        {.number = *of.highest, .url = {}, .state = {}, .head = commit, .checks = {}},
        PrSource::refs,
        {}};
    const std::string number = "PR #" + std::to_string(of.highest->value());
    found.warnings.push_back(number + " was found in the refs of " +
                             sanitize_line(answer.url.shown()) +
                             ", which do not say whether it is open, closed or merged.");
    if (of.several) {
      found.warnings.push_back(commit.short_sha() +
                               " is the head commit of several pull requests; " + number +
                               ", the highest number, was taken.");
    }
    return found;
  }

  // `gh`: why that could not be asked.
  Failure no_pull_request(const RefsAnswer& answer, const std::string& gh) const {
    std::string hint = "No pull request that " + sanitize_line(answer.url.shown()) +
                       " lists has HEAD (" + head_.commit.short_sha() + ")";
    hint += remotes_.upstream ? " or the upstream branch (" + remotes_.upstream->short_sha() + ")"
                              : std::string();
    hint += " as its head commit" + (gh.empty() ? "" : ", and gh could not be asked: " + gh);
    hint += hint.ends_with('.') ? " " : ". ";
    return fail(Code::no_pr,
                "No PR found for current branch. Create a PR first with `gh pr create`.",
                hint + for_reader("Push the branch and open a pull request or merge request "
                                  "there, or give its number ({prNumber})."));
  }

  static std::string unreadable(const Error& error) {
    return "The remote's own list of pull requests cannot be read either: " + error.message;
  }

  const Host& host_;
  const std::filesystem::path& project_;
  const ProjectHead& head_;
  const FindFluxRemote& flux_remote_;
  const CallContext& call_;
  ProjectRemotes remotes_;
  std::optional<Result<UsersGit>> users_;
};

}  // namespace

Result<FoundPullRequest> find_pull_request(const Host& host, const std::filesystem::path& project,
                                           const ProjectHead& head,
                                           const FindFluxRemote& flux_remote,
                                           const CallContext& call) {
  return PullRequestSearch(host, project, head, flux_remote, call).find();
}

}  // namespace engine
