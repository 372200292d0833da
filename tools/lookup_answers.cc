#include "tools/lookup_answers.h"

#include <utility>

#include "tools/tool_call.h"

namespace tools {

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
