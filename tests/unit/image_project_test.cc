// Whose branches an image is built from, as far as the Flux repository proves it.

#include "engine/discovery/image_project.h"

#include <string>

#include <gtest/gtest.h>

namespace {

using engine::project_of_image;
using engine::project_of_workload;

TEST(ImageProject, IsProvenByANameOfOwnerAndRepository) {
  EXPECT_EQ(project_of_image("ghcr.io/acme/papi"), "https://github.com/acme/papi");
  EXPECT_EQ(project_of_image("registry.gitlab.com/acme/papi"), "https://gitlab.com/acme/papi");
  for (const char* name :
       {"ghcr.io/acme/papi/worker", "ghcr.io/papi", "ghcr.io/acme/", "ghcr.io//papi", "papi",
        "acme/papi", "docker.io/acme/papi", "registry.example.com/acme/papi",
        "ghcr.io/acme/${NAME}", "ghcr.io/", ""}) {
    EXPECT_EQ(project_of_image(name), std::nullopt) << name;
  }
}

TEST(ImageProject, IsWhatTheAnnotationSays) {
  engine::Workload workload;
  workload.annotations = {{"a", "b"},
                          {"org.opencontainers.image.source", "https://git.acme.com/shop/papi"}};
  EXPECT_EQ(project_of_workload(workload, "ghcr.io/acme/papi"), "https://git.acme.com/shop/papi");
  workload.annotations[1].second = "https://ann:hunter2@git.acme.com/shop/papi";
  EXPECT_EQ(project_of_workload(workload, "x"), "https://git.acme.com/shop/papi");
  for (const char* no_address :
       {"", "the shop's", "/srv/papi", "file:///srv/papi", "--upload-pack=x", "ext::sh -c id"}) {
    workload.annotations[1].second = no_address;
    EXPECT_EQ(project_of_workload(workload, "ghcr.io/acme/papi"), "https://github.com/acme/papi")
        << no_address;
    EXPECT_EQ(project_of_workload(workload, "papi"), std::nullopt) << no_address;
  }
}

}  // namespace
