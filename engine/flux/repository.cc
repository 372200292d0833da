#include "engine/flux/repository.h"

#include <chrono>
#include <optional>
#include <utility>

#include "engine/flux/background_fetch.h"
#include "engine/flux/clone.h"
#include "engine/flux/clone_object_store.h"
#include "engine/flux/clone_packing.h"
#include "engine/flux/clone_remote.h"
#include "engine/flux/clone_value_history.h"
#include "engine/flux/clone_work_tree.h"
#include "engine/flux/push_loop.h"
#include "engine/flux/remote_head.h"
#include "engine/git/environment.h"
#include "locking/mutex.h"

namespace engine {

class FluxRepository::Impl {
 public:
  explicit Impl(FluxClone clone) : clone_(std::move(clone)), remote_(clone_) {}

  bool is_new() const { return clone_.is_new(); }
  std::string shown_url() const { return clone_.shown_url(); }

  void begin_fetch(const CallContext& call, std::function<void()> failed, PushFollows push) {
    head_.reset();
    fetch_.reset();
    if (push == PushFollows::later) {
      remote_.begin_push();
    }
    const bool goes_first = push == PushFollows::at_once && clone_.push_keeps_connection();
    // A push to this machine is over before a fetch beside it has saved anything.
    const bool later = (goes_first || clone_.remote().url.is_local()) && known_head(clone_);
    const auto start = later ? BackgroundFetch::Start::deferred : BackgroundFetch::Start::at_once;
    fetch_.emplace(remote_, start, by_turns(call), std::move(failed));
    remote_.when_push_starts([this, goes_first] {
      if (goes_first && fetch_) {
        fetch_->start();
      }
    });
  }

  Result<void> fetch(const CallContext& call) {
    auto head = finish_fetch(call);
    RETURN_IF_FAILED(head);
    head_ = std::move(*head);
    return {};
  }

  Result<PushedChange> push(const Change& change, const Identity& identity,
                            const CallContext& caller) {
    const CallContext call = by_turns(caller);
    if (!head_ && !fetch_) {
      begin_fetch(caller, {}, change.dry_run ? PushFollows::no : PushFollows::at_once);
    }
    bool damaged = false;
    auto pushed = push_once(change, identity, call, damaged);
    if (!pushed && damaged) {
      RETURN_IF_FAILED(replace(call));
      pushed = push_once(change, identity, call, damaged);
    }
    if (pushed && !change.dry_run) {
      pack_if_untidy(clone_, call);
    }
    return pushed;
  }

  Result<FluxTree> read_tree(const CallContext& call) {
    if (!head_) {
      RETURN_IF_FAILED(fetch(call));
    }
    auto tree = read_head(call);
    if (tree || tree.error().code != Code::internal) {
      return tree;
    }
    call.report("fetching the manifests from " + clone_.shown_url());
    const ProcessResult brought = bring_manifests(call);
    if (!brought.ok()) {
      Error error = clone_.failure(brought, "fetch from");
      const bool broken = error.code == Code::internal && clone_.is_broken(call.stop);
      return broken ? renew_and_read(call) : Failure(std::move(error));
    }
    // Git may have taken a lost file from the work tree, which is not where manifests are read.
    tree = read_head(call);
    return tree || tree.error().code != Code::internal ? std::move(tree) : renew_and_read(call);
  }

  Result<PlaceHistory> read_history(const PlaceHistoryQuestion& question, const CallContext& call) {
    if (!head_) {
      RETURN_IF_FAILED(fetch(call));
    }
    auto history = read_place_history(clone_, *head_, question, call);
    if (history || history.error().code != Code::internal || !clone_.is_broken(call.stop)) {
      return history;
    }
    RETURN_IF_FAILED(replace(call));
    RETURN_IF_FAILED(fetch(call));
    return read_place_history(clone_, *head_, question, call);
  }

  std::optional<CommitId> proposed(const std::string& branch) const {
    const auto objects = clone_.objects();
    return objects ? objects->read_ref(GitCommands::proposal_ref(branch)) : std::nullopt;
  }

  Result<RemoteHead> head(const CallContext& call) {
    if (!head_) {
      RETURN_IF_FAILED(fetch(call));
    }
    return *head_;
  }

  FoundLineage lineage(const CommitId& commit, const CommitId& other, const CallContext& call) {
    return find_lineage(clone_, head_ ? head_->branch : clone_.followed_branch(), commit, other,
                        call);
  }

  Result<Divergence> divergence(const CommitId& commit, const CallContext& call) {
    auto there = head(call);
    RETURN_IF_FAILED(there);
    return find_divergence(clone_, there->branch, commit, there->commit, call);
  }

  Lineage known_lineage(const CommitId& commit, const CommitId& other,
                        const std::function<bool()>& go_on) const {
    const auto objects = clone_.objects();
    return objects ? objects->lineage(commit, other, go_on) : Lineage::unknown;
  }

  std::vector<std::optional<ValueOrigin>> value_origins(const std::vector<ValuePlace>& places,
                                                        const ReadValues& read,
                                                        const CallContext& call) {
    // Who set the values is only added to what stands there, so nobody waits long for it.
    constexpr std::chrono::milliseconds kPatienceForOrigins{200};
    const auto objects = clone_.objects();
    if (!objects || !head_) {
      return std::vector<std::optional<ValueOrigin>>(places.size());
    }
    const auto end = clone_.clock().now() + kPatienceForOrigins;
    return objects->value_origins(head_->commit, places, read, [&] {
      return !call.stop.stop_requested() && clone_.clock().now() < end;
    });
  }

  Result<std::string> bring_file(const CommitId& commit, const RepositoryPath& path,
                                 const CallContext& call) {
    const auto objects = clone_.objects();
    if (!objects) {
      return Failure(objects.error());
    }
    if (const auto missing = objects->missing_blob(commit, path)) {
      const ProcessResult brought =
          clone_.run_asking(clone_.commands().fetch_blob(*missing), call.stop);
      if (!brought.ok()) {
        return Failure(clone_.failure(brought, "fetch from"));
      }
    }
    return read_file(commit, path);
  }

  Result<std::string> read_file(const CommitId& commit, const RepositoryPath& path) const {
    const auto objects = clone_.objects();
    if (!objects) {
      return Failure(objects.error());
    }
    return objects->read_file(commit, path, "the head of " + clone_.shown_url());
  }

  std::optional<DirectoryEntries> list_directory(const CommitId& commit,
                                                 const std::string& directory) const {
    const auto objects = clone_.objects();
    return objects ? objects->list_directory(commit, directory) : std::nullopt;
  }

 private:
  // The fetch's thread and the one that lands report one at a time.
  CallContext by_turns(const CallContext& call) {
    if (!call.progress) {
      return call;
    }
    return {call.stop, [this, progress = call.progress](std::string_view step) {
              const locking::MutexLock lock(progress_mutex_);
              progress(step);
            }};
  }

  Result<FluxTree> read_head(const CallContext& call) const {
    call.report("reading the manifests of " + head_->branch);
    auto manifests = ManifestTree::read(clone_.remote().clone, head_->commit, call.stop);
    RETURN_IF_FAILED(manifests);
    return FluxTree{head_->branch, head_->commit, std::move(*manifests)};
  }

  ProcessResult bring_manifests(const CallContext& call) const {
    return clone_.run_asking(clone_.commands().bring_files(head_->commit, ManifestTree::patterns()),
                             call.stop);
  }

  // The manifests cannot be read, though git can reach the remote: the clone is broken.
  Result<FluxTree> renew_and_read(const CallContext& call) {
    RETURN_IF_FAILED(replace(call));
    RETURN_IF_FAILED(fetch(call));
    if (const ProcessResult brought = bring_manifests(call); !brought.ok()) {
      return Failure(clone_.failure(brought, "fetch from"));
    }
    return read_head(call);
  }

  // `damaged`: that failed, and the clone is broken.
  Result<PushedChange> push_once(const Change& change, const Identity& identity,
                                 const CallContext& call, bool& damaged) {
    // Whether there is a proposal, only the remote knows.
    const bool may_know = fetch_ && !fetch_->done() && !change.proposal;
    const auto known = may_know ? known_head(clone_) : std::nullopt;
    if (!known && !head_) {
      RETURN_IF_FAILED(fetch(call));
    }
    auto objects = clone_.objects();
    RETURN_IF_FAILED(objects);
    const CloneObjectStore store(clone_, *objects);
    CloneWorkTree work_tree(clone_);
    CloneValueHistory history(clone_, call.stop);
    PushLoop push_loop({remote_, store, work_tree, history, clone_.clock()}, change, identity,
                       call);
    auto pushed = known ? push_loop.push_optimistically(*fetch_, *known)
                        : push_loop.push(*std::exchange(head_, std::nullopt));
    const bool suspicious = !pushed && pushed.error().code == Code::internal;
    damaged = (fetch_ && fetch_->clone_is_broken()) || (suspicious && clone_.is_broken(call.stop));
    fetch_.reset();
    return pushed;
  }

  // Waits for the fetch that is under way, or makes one. A clone that is broken is replaced, once.
  Result<RemoteHead> finish_fetch(const CallContext& call) {
    FetchResult fetched = fetch_ ? fetch_->finish() : remote_.record_head(remote_.find_head(call));
    fetch_.reset();
    if (fetched.clone_is_broken) {
      RETURN_IF_FAILED(replace(call));
      fetched = remote_.record_head(remote_.find_head(call));
    }
    if (fetched.head) {
      clone_.keep();
    }
    return std::move(fetched.head);
  }

  Result<void> replace(const CallContext& call) {
    fetch_.reset();
    remote_.drop_push();
    RETURN_IF_FAILED(clone_.expect_in_place());
    call.report("the clone is broken: making a new one");
    return clone_.replace();
  }

  FluxClone clone_;
  CloneRemote remote_;
  locking::Mutex progress_mutex_;  // held while a step is reported
  std::optional<RemoteHead> head_;
  std::optional<BackgroundFetch> fetch_;  // while it is under way; before clone_ is destroyed
};

Result<FluxRepository> FluxRepository::open(const Host& host, FluxRemote remote,
                                            const CallContext& call) {
  auto clone = FluxClone::open(host, std::move(remote), call);
  RETURN_IF_FAILED(clone);
  return FluxRepository(std::make_unique<Impl>(std::move(*clone)));
}

FluxRepository::FluxRepository(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FluxRepository::FluxRepository(FluxRepository&&) noexcept = default;
FluxRepository& FluxRepository::operator=(FluxRepository&&) noexcept = default;
FluxRepository::~FluxRepository() = default;

bool FluxRepository::is_new() const {
  return impl_->is_new();
}

std::string FluxRepository::shown_url() const {
  return impl_->shown_url();
}

void FluxRepository::begin_fetch(const CallContext& call, std::function<void()> failed,
                                 PushFollows push) {
  impl_->begin_fetch(call, std::move(failed), push);
}

Result<void> FluxRepository::fetch(const CallContext& call) {
  return impl_->fetch(call);
}

Result<PushedChange> FluxRepository::push(const Change& change, const Identity& identity,
                                          const CallContext& call) {
  return impl_->push(change, identity, call);
}

Result<FluxTree> FluxRepository::read_tree(const CallContext& call) {
  return impl_->read_tree(call);
}

Result<PlaceHistory> FluxRepository::read_history(const PlaceHistoryQuestion& question,
                                                  const CallContext& call) {
  return impl_->read_history(question, call);
}

std::optional<CommitId> FluxRepository::proposed(const std::string& branch) const {
  return impl_->proposed(branch);
}

Result<RemoteHead> FluxRepository::head(const CallContext& call) {
  return impl_->head(call);
}

FoundLineage FluxRepository::lineage(const CommitId& commit, const CommitId& other,
                                     const CallContext& call) {
  return impl_->lineage(commit, other, call);
}

Result<Divergence> FluxRepository::divergence(const CommitId& commit, const CallContext& call) {
  return impl_->divergence(commit, call);
}

Lineage FluxRepository::known_lineage(const CommitId& commit, const CommitId& other,
                                      const std::function<bool()>& go_on) const {
  return impl_->known_lineage(commit, other, go_on);
}

std::vector<std::optional<ValueOrigin>> FluxRepository::value_origins(
    const std::vector<ValuePlace>& places, const ReadValues& read, const CallContext& call) {
  return impl_->value_origins(places, read, call);
}

Result<std::string> FluxRepository::bring_file(const CommitId& commit, const RepositoryPath& path,
                                               const CallContext& call) {
  return impl_->bring_file(commit, path, call);
}

Result<std::string> FluxRepository::read_file(const CommitId& commit,
                                              const RepositoryPath& path) const {
  return impl_->read_file(commit, path);
}

std::optional<DirectoryEntries> FluxRepository::list_directory(const CommitId& commit,
                                                               const std::string& directory) const {
  return impl_->list_directory(commit, directory);
}

}  // namespace engine
