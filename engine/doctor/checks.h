// The single checks of engine/doctor/doctor.h. Each returns what it found and notes in `findings`
// what those after it need; one whose own needs were not found says so. Any number may run at once
// that only read `findings`.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/host.h"
#include "engine/base/result.h"
#include "engine/config/other_plugins.h"
#include "engine/config/project.h"
#include "engine/config/rwenv.h"
#include "engine/doctor/doctor_check.h"
#include "engine/flux/scratch_repository.h"
#include "engine/git/flux_remote.h"
#include "engine/git/identity.h"
#include "engine/git/tls_verification.h"

namespace engine {

// What earlier checks found; nothing for what is missing.
struct DoctorFindings {
  bool git = false;
  std::optional<std::filesystem::path> project;
  std::optional<std::string> project_branch;
  std::optional<std::string> rwenv_name;
  std::optional<std::filesystem::path> config_directory;
  std::optional<Rwenv> rwenv;
  std::optional<FluxRemote> remote;
  std::optional<Identity> identity;
  std::optional<std::filesystem::path> clone;  // a sound one
  OtherPlugins other_plugins;

  // For the Flux repository; `on` where who hosts it is not known.
  TlsVerification tls() const {
    return rwenv ? tls_verification(rwenv->flux_git_repo_type) : TlsVerification::on;
  }
};

// The programs and their settings (engine/doctor/programs.cc).
DoctorCheck check_git(const Host& host, const CallContext& call, DoctorFindings& findings);
DoctorCheck check_gh(const Host& host, const CallContext& call, const DoctorFindings& findings);
DoctorCheck check_time_limit(const Host& host);
DoctorCheck check_identity(const Host& host, const CallContext& call, DoctorFindings& findings);
DoctorCheck check_signing(const Host& host, const CallContext& call, const DoctorFindings& findings,
                          const Result<ScratchRepository>& scratch);

// The files of the project and of the configuration (engine/doctor/files.cc).
DoctorCheck check_project(const Host& host, const ProjectRequest& request, const CallContext& call,
                          DoctorFindings& findings);
DoctorCheck check_rwenv(const Host& host, const CallContext& call, DoctorFindings& findings);
DoctorCheck check_envs(const Host& host, DoctorFindings& findings);
DoctorCheck check_flux_repo(const Host& host, DoctorFindings& findings);
DoctorCheck check_read_only(const DoctorFindings& findings);
DoctorCheck check_catalog(const Host& host, const DoctorFindings& findings);
// How Flux gets what the catalog has (engine/doctor/wiring.cc).
DoctorCheck check_wiring(const Host& host, const DoctorFindings& findings);

// The plugins of others (engine/doctor/plugins.cc).
DoctorCheck check_plugins(const Host& host, DoctorFindings& findings);
// The plugin whose catalog the rwenv, which has none, could have; of an rwenv and a configuration
// directory that were found.
std::optional<std::string> catalog_to_import(const Host& host, const DoctorFindings& findings);

// The cluster, if the rwenv names one (engine/doctor/cluster.cc).
DoctorCheck check_cluster(const Host& host, const CallContext& call,
                          const DoctorFindings& findings);

// The clone and the remote behind it (engine/doctor/remote.cc).
DoctorCheck check_clone(const Host& host, const CallContext& call, DoctorFindings& findings);
DoctorCheck check_remote(const Host& host, const CallContext& call, const DoctorFindings& findings,
                         const Result<ScratchRepository>& scratch);

}  // namespace engine
