#include "tools/lookup_answers.h"

#include <algorithm>
#include <utility>

#include "tools/tool_call.h"

namespace tools {

engine::Result<mcp::RenderedResult> LookupAnswers::look_up(const engine::Host& host,
                                                           const engine::LookupRequest& request,
                                                           const engine::CallContext& call) {
  const std::filesystem::path& directory = request.project.place->directory;
  if (const auto source = shared(directory, call.since)) {
    return find(*source, request.service);
  }
  // Parts of the look may be as old as `call.since`, and none is older.
  const auto began = std::min(call.since, std::chrono::steady_clock::now());
  auto source = engine::find_lookup_source(host, request.project, call);
  RETURN_IF_FAILED(source);
  {
    const locking::MutexLock lock(mutex_);
    last_ = Look{directory, began, source->catalog, source->warnings};
  }
  return find(*source, request.service);
}

std::optional<engine::LookupSource> LookupAnswers::shared(
    const std::filesystem::path& directory, std::chrono::steady_clock::time_point since) {
  const locking::MutexLock lock(mutex_);
  auto catalog = last_ && last_->began >= since && last_->directory == directory
                     ? last_->catalog.lock()
                     : nullptr;
  return catalog ? std::optional(engine::LookupSource{std::move(catalog), last_->warnings})
                 : std::nullopt;
}

engine::Result<mcp::RenderedResult> LookupAnswers::find(const engine::LookupSource& source,
                                                        const std::string& service) {
  Key key(service, source.warnings);
  {
    const locking::MutexLock lock(mutex_);
    if (catalog_.lock() != source.catalog) {
      answers_.clear();
      catalog_ = source.catalog;
    }
    if (const auto kept = answers_.find(key); kept != answers_.end()) {
      return kept->second;
    }
  }
  auto lookup = engine::look_up(source, service);
  RETURN_IF_FAILED(lookup);
  mcp::RenderedResult answer = mcp::render(to_tool_result(structured(*lookup)));
  const locking::MutexLock lock(mutex_);
  if (catalog_.lock() == source.catalog) {
    if (answers_.size() == kMaxKept) {
      answers_.clear();
    }
    answers_.emplace(std::move(key), answer);
  }
  return answer;
}

}  // namespace tools
