#include "engine/rollout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/engine_host.h"
#include "tests/support/reader_words.h"

namespace {

using engine::Code;
using testing::HasSubstr;
using testing::IsEmpty;

// Rollouts that are refused by what is known without the network: nothing is started, nothing made.
class Rollout : public testing::Test {
 protected:
  Rollout() {
    const auto write = [this](const char* file, const char* bytes) {
      machine_.directory.write(file, bytes);
    };
    write("project/.claude/rwenv", "dev\n");
    write("home/.claude/rwenv/envs.json",
          R"({"rwenvs": {"dev": {"fluxGitRepo": "https://git.example/flux.git"}}})");
    write("home/.claude/rwenv/flux-infra-guide/dev/services.json",
          R"({"services": {"strange": {"imageGroup": "strange"}, "helm": {"imageGroup": "helm"},
                           "outside": {"imageGroup": "outside"},
                           "nowhere": {"imageGroup": "nowhere"}},
              "imageGroups": {"strange": {"file": "a.yaml", "imageName": "a", "type": "jsonnet"},
                              "helm": {"file": "a.yaml", "imageName": "a", "type": "helm-values",
                                       "path": ".image["},
                              "nowhere": {"file": "a.yaml", "imageName": "a",
                                          "type": "image-reference"},
                              "outside": {"file": "../a.yaml", "imageName": "a"}}})");
  }

  engine::Error refusal(const engine::RolloutRequest& request) {
    const auto result = engine::rollout(machine_.host(), request, {});
    EXPECT_FALSE(result);
    EXPECT_THAT(machine_.runner.lines(), IsEmpty());
    EXPECT_FALSE(std::filesystem::exists(machine_.config() / "flux-repos"));
    return result ? engine::Error() : result.error();
  }
  engine::Error refusal_of(const char* service) {
    engine::RolloutRequest request;
    request.service = service;
    request.dry_run = true;
    request.tag = engine::ImageTag::parse("pr-42-a1b2c3d");
    return refusal(request);
  }

  test::EngineHost machine_;
};

TEST_F(Rollout, APlaceThatCannotBeEditedIsRefusedBeforeAnythingIsAsked) {
  const auto strange = refusal_of("strange");
  EXPECT_EQ(strange.code, Code::unsupported_type);
  EXPECT_EQ(strange.message, "a.yaml: image groups of type 'jsonnet' cannot be edited");
  EXPECT_THAT(strange.hint, HasSubstr("kustomize-images, helm-values, image-reference"));
  EXPECT_EQ(refusal_of("helm").code, Code::bad_path);
  EXPECT_EQ(refusal_of("nowhere").code, Code::bad_path);
  EXPECT_THAT(refusal_of("outside").message,
              HasSubstr("file of image group 'outside': given '../a.yaml'"));
}

TEST_F(Rollout, ToAReadOnlyEnvironmentIsRefusedAndADryRunIsNot) {
  machine_.directory.write(
      "home/.claude/rwenv/envs.json",
      R"({"rwenvs": {"dev": {"fluxGitRepo": "https://git.example/flux.git", "readOnly": true}}})");
  engine::RolloutRequest request;
  request.service = "strange";
  request.tag = engine::ImageTag::parse("pr-42-a1b2c3d");
  const auto refused = refusal(request);
  EXPECT_EQ(refused.code, Code::read_only);
  EXPECT_EQ(refused.message, "rwenv 'dev' is read-only. Cannot modify Flux repo.");
  request.dry_run = true;
  EXPECT_EQ(refusal(request).code, Code::unsupported_type) << "what is looked at next";
}

TEST_F(Rollout, ArgumentsThatDoNotFitTogetherAreNamed) {
  engine::RolloutRequest request;
  request.image_name = "a";
  EXPECT_EQ(test::in_braces(refusal(request).message),
            "imageName is accepted only together with {file}.");
  request = {};
  request.service = "strange";
  request.path = ".image";
  EXPECT_EQ(refusal(request).code, Code::bad_argument);
  EXPECT_EQ(test::in_braces(refusal(request).message),
            "path is accepted only together with {file}.");
  request.file = "a.yaml";
  request.path = ".image[";
  request.dry_run = true;
  request.tag = engine::ImageTag::parse("pr-42-a1b2c3d");
  EXPECT_EQ(refusal(request).code, Code::bad_path);
  request = {};
  request.service = "strange";
  request.tag = engine::ImageTag::parse("pr-42-a1b2c3d");
  request.pr_number = engine::PrNumber::make(43);
  EXPECT_EQ(test::in_braces(refusal(request).message),
            "prNumber: given 43, expected 42, the number in the tag.");
}

}  // namespace
