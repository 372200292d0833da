#include "engine/doctor/doctor.h"

#include <algorithm>
#include <future>
#include <utility>

#include "engine/base/beside.h"
#include "engine/doctor/checks.h"

namespace engine {

bool DoctorReport::ready() const {
  return missing().empty();
}

std::vector<std::string> DoctorReport::missing() const {
  std::vector<std::string> names;
  for (const DoctorCheck& check : checks) {
    if (check.state == DoctorCheck::State::missing) {
      names.push_back(check.name);
    }
  }
  return names;
}

DoctorReport examine(const Host& host, const ProjectRequest& project, const CallContext& call) {
  call.report("looking at the configuration");
  DoctorFindings found;
  DoctorCheck git = check_git(host, call, found);
  DoctorCheck time_limit = check_time_limit(host);
  DoctorCheck work_tree = check_project(host, project, call, found);
  DoctorCheck rwenv = check_rwenv(host, call, found);
  DoctorCheck envs = check_envs(host, found);
  DoctorCheck flux_repo = check_flux_repo(host, found);
  DoctorCheck read_only = check_read_only(found);
  DoctorCheck plugins = check_plugins(host, found);
  DoctorCheck catalog = check_catalog(host, found);
  DoctorCheck wiring = check_wiring(host, found);
  DoctorCheck clone = check_clone(host, call, found);
  DoctorCheck identity = check_identity(host, call, found);

  call.report("asking gh, the signer, the cluster and the remote");
  const auto scratch =
      ScratchRepository::make(host.environment, found.remote ? found.remote->url : RemoteUrl());
  const CallContext quiet{call.stop, {}};
  auto gh = std::async(kBeside, [&] { return check_gh(host, quiet, found); });
  auto signing = std::async(kBeside, [&] { return check_signing(host, quiet, found, scratch); });
  auto cluster = std::async(kBeside, [&] { return check_cluster(host, quiet, found); });
  DoctorCheck remote = check_remote(host, quiet, found, scratch);

  return {{std::move(git), gh.get(), std::move(time_limit), std::move(work_tree), std::move(rwenv),
           std::move(envs), std::move(flux_repo), std::move(read_only), std::move(catalog),
           std::move(wiring), std::move(identity), signing.get(), std::move(clone),
           std::move(remote), cluster.get(), std::move(plugins)}};
}

}  // namespace engine
