// What the person typed (specification, section 9), as plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/completion_candidates.h"
#include "engine/base/image_tag.h"
#include "engine/rollout_history.h"

namespace cli {

enum class CommandName {
  serve,
  rollout,
  resolve_tag,
  lookup,
  history,
  rollback,
  status,
  services,
  regenerate,
  doctor,
  import_catalog,
  rwenv_list,
  rwenv_show,
  rwenv_set,
  rwenv_add,
  demo,
  completion,
  complete,  // for the completion scripts
};

// Of `rwenv set` and `rwenv add`.
struct RwenvOptions {
  std::optional<std::string> name;
  std::optional<std::string> flux_repo;
  std::optional<std::string> flux_type;
  std::optional<std::string> flux_branch;
  std::optional<std::string> flux_path;
  std::optional<std::string> context;
  std::optional<std::string> kubeconfig;
  std::optional<std::string> description;
  bool read_only = false;
};

struct CommandLine {
  CommandName command = CommandName::serve;

  // Of every command. Paths are as typed: relative to the working directory.
  std::optional<std::string> services_file;
  std::optional<std::string> log_level;
  std::optional<std::string> log_file;

  std::optional<std::string> service;  // of `lookup`, `history`, `status` and `rollback`
  std::vector<std::string> services;   // of `rollout`
  std::optional<std::string> project;
  std::optional<engine::PrNumber> pr_number;
  std::optional<engine::ImageTag> tag;
  std::optional<std::string> to;  // of `rollback`
  std::optional<std::string> file;
  std::optional<std::string> image_name;
  std::optional<std::string> path;
  std::size_t limit = engine::RolloutHistoryRequest().limit;  // of `history`
  std::optional<std::int64_t> wait;                           // seconds; of `rollout` and `status`
  bool dry_run = false;
  bool verify_pipeline = false;
  bool json = false;
  RwenvOptions rwenv;

  std::string shell;           // of `completion`
  ShellCompletion completion;  // of `complete`
};

}  // namespace cli
