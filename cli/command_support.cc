#include "cli/command_support.h"

namespace cli {

engine::ProjectRequest CommandSupport::project() const {
  engine::ProjectRequest request;
  if (line_.project) {
    request.directory = (host().working_directory / *line_.project).lexically_normal().string();
  }
  return request;
}

int CommandSupport::refuse(const engine::Error& error, int status) {
  // Both are made before one is printed: if one cannot be made, the refusal is still a single
  // object.
  const std::string object = line_.json ? json::dump(tools::structured(error)) : std::string();
  const std::string text = tools::report(error, tools::Reader::command_line);
  if (line_.json) {
    terminal_.print_verbatim(object);
  }
  terminal_.complain(text);
  return status;
}

}  // namespace cli
