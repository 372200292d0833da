#include "engine/flux/place_history.h"

#include <chrono>
#include <utility>

#include "engine/base/time_limit.h"
#include "engine/flux/remote_head.h"
#include "engine/git/object_store.h"
#include "engine/text/moment.h"

namespace engine {
namespace {

using End = PastValues::End;

// Files that are left out for their size are fetched one by one.
constexpr std::size_t kMaxFiles = 20;

class HistoryReader {
 public:
  HistoryReader(const FluxClone& clone, const RemoteHead& head,
                const PlaceHistoryQuestion& question, const CallContext& call)
      : clone_(clone),
        head_(head),
        question_(question),
        call_(call),
        end_(clone.clock().now() + clone.limit()) {}

  Result<PlaceHistory> read() {
    RETURN_IF_FAILED(expect_readable());
    call_.report("reading the history of " + question_.file.text());
    while (true) {
      // Again: what was fetched since may have moved where a shallow clone ends.
      auto objects = GitObjectStore::open(clone_.remote().clone);
      RETURN_IF_FAILED(objects);
      PastValues values = find(*objects);
      if (call_.stop.stop_requested()) {
        return fail(Code::cancelled, "Cancelled while reading the history.");
      }
      if (!fetch_more(*objects, values)) {
        if (call_.stop.stop_requested()) {
          return fail(Code::cancelled, "Cancelled while fetching older history.");
        }
        auto stopped = why_stopped(*objects, values);
        if (question_.cache != nullptr && !stopped) {
          question_.cache->keep(question_.key, {head_.commit, values});
        }
        return PlaceHistory{head_.branch, std::move(values.value), std::move(values.changes),
                            std::move(stopped)};
      }
    }
  }

 private:
  // The place is there at the head.
  Result<void> expect_readable() {
    auto objects = clone_.objects();
    RETURN_IF_FAILED(objects);
    if (const auto missing = objects->missing_blob(head_.commit, question_.file)) {
      call_.report("fetching " + question_.file.text() + " of " + clone_.shown_url());
      if (const ProcessResult brought = bring_file(*missing); !brought.ok()) {
        return Failure(clone_.failure(brought, "fetch from"));
      }
    }
    auto bytes = objects->read_file(head_.commit, question_.file,
                                    "branch " + head_.branch + " of " + clone_.shown_url());
    RETURN_IF_FAILED(bytes);
    auto value = question_.read(*bytes);
    RETURN_IF_FAILED(value);
    return {};
  }

  PastValues find(const GitObjectStore& objects) const {
    const ReadValue read = [this](std::string_view bytes) {
      return question_.read(bytes).value_or(std::nullopt);
    };
    const std::function<bool()> go_on = [this] {
      return !call_.stop.stop_requested() && left() > std::chrono::milliseconds::zero();
    };
    const auto known = question_.cache != nullptr ? question_.cache->find(question_.key) : nullptr;
    return objects.past_values(head_.commit,
                               {question_.file, read, question_.limit, go_on, known.get()});
  }

  // Whether something that was missing has been brought.
  bool fetch_more(const GitObjectStore& objects, const PastValues& values) {
    if (left() <= std::chrono::milliseconds::zero()) {
      return false;
    }
    if (values.end == End::object_missing && values.missing && files_ < kMaxFiles) {
      ++files_;
      return note(bring_file(*values.missing));
    }
    if (values.end != End::no_more_history || step_ > kDeepeningSteps.size() ||
        !objects.is_shallow()) {
      return false;
    }
    call_.report("fetching older history of " + clone_.shown_url());
    const auto commits =
        step_ < kDeepeningSteps.size() ? std::optional(kDeepeningSteps[step_]) : std::nullopt;
    ++step_;
    const auto deepened = deepen_history(clone_, head_.branch, commits, left(), call_.stop);
    if (!deepened) {
      problem_ = deepened.error().message;
    }
    return deepened.has_value();
  }

  ProcessResult bring_file(const std::string& id) const {
    return clone_.run_asking(clone_.commands().fetch_blob(id), call_.stop, left());
  }

  bool note(const ProcessResult& brought) {
    if (!brought.ok()) {
      problem_ = clone_.failure(brought, "fetch from").message;
    }
    return brought.ok();
  }

  std::chrono::milliseconds left() const {
    return std::chrono::duration_cast<std::chrono::milliseconds>(end_ - clone_.clock().now());
  }

  std::optional<std::string> why_stopped(const GitObjectStore& objects,
                                         const PastValues& values) const {
    if (values.end == End::beginning || values.end == End::limit) {
      return std::nullopt;
    }
    return place_of(objects, values) + ": " + reason(values.end);
  }

  // "at a1b2c3d of 2026-01-31T12:00:00Z"
  static std::string place_of(const GitObjectStore& objects, const PastValues& values) {
    if (!values.at) {
      return "at the newest commit";
    }
    const auto by = objects.authorship(*values.at);
    const std::string time = by ? in_utc(Moment(std::chrono::seconds(by->time))) : "";
    return "at " + values.at->short_sha() + (time.empty() ? "" : " of " + time);
  }

  std::string reason(End end) const {
    if (left() <= std::chrono::milliseconds::zero()) {
      return "the time limit of " + in_seconds(clone_.limit()) + " was over";
    }
    if (problem_) {
      return "what is older could not be fetched: " + *problem_;
    }
    switch (end) {
      case End::too_many_commits:
        return "it has more commits than are searched";
      case End::object_missing:
        return "the clone lacks an earlier version of the file";
      default:
        return "the remote provides no older history";
    }
  }

  const FluxClone& clone_;
  const RemoteHead& head_;
  const PlaceHistoryQuestion& question_;
  const CallContext& call_;
  const Clock::TimePoint end_;
  std::size_t step_ = 0;
  std::size_t files_ = 0;
  std::optional<std::string> problem_;  // of the last fetch
};

}  // namespace

Result<PlaceHistory> read_place_history(const FluxClone& clone, const RemoteHead& head,
                                        const PlaceHistoryQuestion& question,
                                        const CallContext& call) {
  return HistoryReader(clone, head, question, call).read();
}

}  // namespace engine
