// An environment that is to be added to envs.json, and what its fields accept. Pure functions, for
// any thread.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"

namespace engine {

// The fields that are texts; `readOnly` is the one that is not. In the order in which they are
// written.
enum class RwenvField : std::uint8_t {
  description,
  type,
  flux_git_repo,
  flux_git_repo_type,
  flux_git_branch,
  flux_path,
  kubernetes_context,
  kubeconfig_path,
};
inline constexpr std::array<RwenvField, 8> kRwenvTextFields = {
    RwenvField::description,        RwenvField::type,
    RwenvField::flux_git_repo,      RwenvField::flux_git_repo_type,
    RwenvField::flux_git_branch,    RwenvField::flux_path,
    RwenvField::kubernetes_context, RwenvField::kubeconfig_path};

// Its key in envs.json, which is also the argument's name: "fluxGitRepo".
std::string_view key_of(RwenvField field);

struct NewRwenv {
  std::string name;
  std::map<RwenvField, std::string> fields;
  bool read_only = false;
};

// What is accepted instead, in words that follow "expected"; nothing where the value is accepted.
std::optional<std::string> flaw_of_rwenv_name(const std::string& name);
std::optional<std::string> flaw_of(RwenvField field, const std::string& value);

// The first flaw of what is given: `bad_argument`, which names the argument.
Result<void> check_given(const NewRwenv& rwenv);
// The same, and what has to be given and is not: the name and the Flux repository.
Result<void> check_new_rwenv(const NewRwenv& rwenv);

}  // namespace engine
