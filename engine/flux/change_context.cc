#include "engine/flux/change_context.h"

namespace engine {

Result<std::string> read_file(const ChangeContext& context, const CommitId& commit,
                              const RepositoryPath& file, std::string_view where) {
  if (const auto missing = context.objects.missing_blob(commit, file)) {
    context.call.report("fetching " + file.text() + " of " + context.remote.names().url);
    RETURN_IF_FAILED(context.remote.fetch_blob(*missing, context.call.stop));
  }
  return context.objects.read_file(commit, file, where);
}

}  // namespace engine
