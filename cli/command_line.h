// What the person typed (specification, section 9), as plain values.
#pragma once

#include <optional>
#include <string>

#include "cli/completion_candidates.h"
#include "engine/base/image_tag.h"

namespace cli {

enum class CommandName {
  serve,
  rollout,
  resolve_tag,
  lookup,
  services,
  regenerate,
  doctor,
  demo,
  completion,
  complete,  // for the completion scripts
};

struct CommandLine {
  CommandName command = CommandName::serve;

  // Of every command. Paths are as typed: relative to the working directory.
  std::optional<std::string> services_file;
  std::optional<std::string> log_level;
  std::optional<std::string> log_file;

  std::optional<std::string> service;
  std::optional<std::string> project;
  std::optional<engine::PrNumber> pr_number;
  std::optional<engine::ImageTag> tag;
  std::optional<std::string> file;
  std::optional<std::string> image_name;
  std::optional<std::string> path;
  bool dry_run = false;
  bool verify_pipeline = false;
  bool json = false;

  std::string shell;           // of `completion`
  ShellCompletion completion;  // of `complete`
};

}  // namespace cli
