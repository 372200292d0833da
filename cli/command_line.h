// What the person typed (specification, section 9), as plain values. Reads nothing but the
// arguments.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "cli/shell_completion.h"
#include "engine/base/image_tag.h"

namespace tools {

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

// Nothing is to be run: help or the version was asked for, or the usage is wrong.
struct NothingToRun {
  int exit_code = 0;  // 0, or 2 for wrong usage
  std::string out;    // for stdout; of wrong usage with --json, the refusal's object
  std::string err;    // for stderr
};

std::variant<CommandLine, NothingToRun> read_command_line(int argc, const char* const* argv);

}  // namespace tools
