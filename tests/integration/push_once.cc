// One rollout of a test sandbox's manifest in a process of its own, to be killed or to compete:
//   land_once <url> <clone> <tag>
#include <iostream>

#include "engine/flux/repository.h"
#include "tests/support/git_sandbox.h"
#include "tests/support/real_host.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: land_once <url> <clone> <tag>\n";
    return 2;
  }
  test::RealHost process;
  const engine::Host& host = process.host;
  auto repository = engine::FluxRepository::open(
      host,
      {.url = engine::RemoteUrl(argv[1]), .tls = engine::TlsVerification::on, .clone = argv[2]},
      {});
  if (!repository) {
    std::cerr << repository.error().message << "\n";
    return 1;
  }
  const auto pushed = repository->push(test::change_to(argv[3]), test::sandbox_identity(), {});
  if (!pushed) {
    std::cerr << pushed.error().message << "\n";
    return 1;
  }
  return 0;
}
