#include "engine/rollout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/resolve_tag.h"
#include "engine/rollout_target.h"
#include "tests/support/engine_host.h"
#include "tests/support/git_sandbox.h"
#include "tests/support/reader_words.h"

namespace {

using engine::Code;
using testing::Contains;
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

TEST_F(Rollout, TheServicesOwnKustomizationIsPreferredToThatOfItsImageGroup) {
  machine_.directory.write("home/.claude/rwenv/flux-infra-guide/dev/services.json",
                           R"({"services": {"own": {"imageGroup": "g", "kustomization": "own-apps"},
                       "shared": {"imageGroup": "g"}},
          "imageGroups": {"g": {"file": "a.yaml", "imageName": "a",
                                "kustomization": "shared-apps"}}})");
  const auto kustomization_of = [&](const char* service) {
    engine::RolloutRequest request;
    request.service = service;
    const auto targets = engine::find_rollout_targets(machine_.host(), machine_.config(),
                                                      {.name = "dev"}, request, {});
    EXPECT_TRUE(targets) << targets.error().message;
    return targets ? targets->front().kustomization : std::nullopt;
  };
  EXPECT_EQ(kustomization_of("own"), "own-apps");
  EXPECT_EQ(kustomization_of("shared"), "shared-apps");
}

constexpr const char* kHead = "a1b2c3def0123456789a0123456789a012345678";

TEST_F(Rollout, TheChecksAreThoseOfThePullRequestInTheGivenTag) {
  const test::GitSandbox sandbox;
  std::filesystem::create_directories(machine_.project());
  sandbox.git(machine_.project(), {"init", "-q"});
  sandbox.git(machine_.project(), {"commit", "-q", "--allow-empty", "-m", "A"});
  machine_.directory.write("home/.claude/rwenv/flux-infra-guide/dev/services.json",
                           R"({"services": {"a": {"imageGroup": "a"}},
          "imageGroups": {"a": {"file": "a.yaml", "imageName": "a"}}})");
  engine::RolloutRequest request;
  request.service = "a";
  request.tag = engine::ImageTag::parse("pr-42-a1b2c3d");
  request.verify_pipeline = true;
  request.dry_run = true;
  const auto refused = engine::rollout(machine_.host(), request, {});
  ASSERT_FALSE(refused) << "no command succeeds here";
  EXPECT_THAT(machine_.runner.lines(), Contains(HasSubstr("gh pr view 42 --json")))
      << refused.error().message;
}

// The tag of `head`, in a project that is no repository.
class TagOfHead : public testing::Test {
 protected:
  engine::Result<engine::ResolvedTag> tag(const std::optional<engine::PrNumber>& number) {
    const engine::ProjectHead head{*engine::CommitId::parse(kHead), "feature"};
    return engine::tag_of(machine_.host(), {machine_.project(), head, number}, {});
  }

  test::EngineHost machine_;
};

TEST_F(TagOfHead, GhIsNotAskedForANumberThatIsGiven) {
  const auto resolved = tag(engine::PrNumber::make(42));
  EXPECT_THAT(machine_.runner.lines(), IsEmpty());
  ASSERT_TRUE(resolved) << resolved.error().message;
  EXPECT_EQ(resolved->tag.text(), "pr-42-a1b2c3d");
}

TEST_F(TagOfHead, NamesHeadAlsoWhereThePullRequestHasAnotherCommit) {
  machine_.runner.on("gh pr view", test::exited(0, R"({"number": 42, "state": "OPEN",
      "headRefOid": "0c0ffee000000000000000000000000000000000"})"));
  const auto resolved = tag(std::nullopt);
  ASSERT_TRUE(resolved) << resolved.error().message;
  EXPECT_EQ(resolved->tag.text(), "pr-42-a1b2c3d");
  EXPECT_THAT(resolved->warnings, Contains(HasSubstr("is not the head commit of PR #42")));
}

}  // namespace
