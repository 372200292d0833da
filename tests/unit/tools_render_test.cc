#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "engine/rollout.h"
#include "json/parse.h"
#include "tools/render.h"

namespace {

using testing::HasSubstr;
using testing::Not;

engine::RolloutResult example() {
  engine::RolloutResult result;
  result.status = engine::RolloutStatus::updated;
  result.tag = "pr-42-a1b2c3d";
  result.previous_tag = "pr-41-9f8e7d6";
  result.service = "papi";
  result.image_group = "backend-services";
  result.image_name = "registry/backend";
  result.file = "apps/backend-services/kustomization.yaml";
  result.flux_repo = "https://git.example/infra/flux.git";
  result.branch = "main";
  result.rwenv = "rdebug";
  result.commit = std::string(40, 'c');
  result.attempts = 1;
  result.services_affected = {"papi", "worker", "cron"};
  result.kustomization = "backend";
  result.diff =
      "--- a/k.yaml\n+++ b/k.yaml\n@@ -1 +1 @@\n-newTag: pr-41-9f8e7d6\n+newTag: pr-42-a1b2c3d\n";
  result.project_directory = "/home/ann/src/papi";
  result.project_branch = "feature/search";
  return result;
}

TEST(Report, UpdatedIsTheContractsText) {
  EXPECT_EQ(tools::report(example()),
            "✓ Updated backend-services to pr-42-a1b2c3d\n"
            "\n"
            "Flux repo: https://git.example/infra/flux.git\n"
            "File: apps/backend-services/kustomization.yaml\n"
            "Image: registry/backend\n"
            "Tag: pr-42-a1b2c3d\n"
            "\n"
            "Services affected: papi, worker, cron\n"
            "\n"
            "Flux will reconcile automatically. To force immediate sync:\n"
            "  flux reconcile kustomization backend --with-source");
}

TEST(Report, UnknownValuesLeaveNoTrace) {
  engine::RolloutResult result = example();
  result.services_affected.clear();
  result.kustomization.reset();
  EXPECT_EQ(tools::report(result),
            "✓ Updated backend-services to pr-42-a1b2c3d\n"
            "\n"
            "Flux repo: https://git.example/infra/flux.git\n"
            "File: apps/backend-services/kustomization.yaml\n"
            "Image: registry/backend\n"
            "Tag: pr-42-a1b2c3d\n"
            "\n"
            "Flux will reconcile automatically.");
}

TEST(Report, UnchangedHasItsOwnFirstLineOnly) {
  engine::RolloutResult result = example();
  const std::string updated = tools::report(result);
  result.status = engine::RolloutStatus::unchanged;
  const std::string unchanged = tools::report(result);
  EXPECT_EQ(unchanged.substr(0, unchanged.find('\n')),
            "✓ backend-services is already at pr-42-a1b2c3d");
  EXPECT_EQ(unchanged.substr(unchanged.find('\n')), updated.substr(updated.find('\n')));
}

TEST(Report, DryRunIsTheDiff) {
  engine::RolloutResult result = example();
  result.status = engine::RolloutStatus::dry_run;
  EXPECT_EQ(tools::report(result),
            "Dry run: backend-services pr-41-9f8e7d6 → pr-42-a1b2c3d\n"
            "\n"
            "--- a/k.yaml\n+++ b/k.yaml\n@@ -1 +1 @@\n-newTag: pr-41-9f8e7d6\n"
            "+newTag: pr-42-a1b2c3d");
}

TEST(Report, DryRunWithoutPreviousTagSaysNone) {
  engine::RolloutResult result = example();
  result.status = engine::RolloutStatus::dry_run;
  result.previous_tag.reset();
  result.diff.clear();
  result.warnings = {"PR #42 is closed."};
  EXPECT_EQ(tools::report(result),
            "Dry run: backend-services (none) → pr-42-a1b2c3d\n"
            "\n"
            "⚠ PR #42 is closed.");
}

TEST(Report, WarningsComeLast) {
  engine::RolloutResult result = example();
  result.warnings = {"PR #42 is merged already.", "The project has uncommitted changes."};
  EXPECT_THAT(tools::report(result), testing::EndsWith("--with-source\n"
                                                       "\n"
                                                       "⚠ PR #42 is merged already.\n"
                                                       "⚠ The project has uncommitted changes."));
}

TEST(Report, ImageNameStandsInForTheGroup) {
  engine::RolloutResult result = example();
  result.image_group.reset();
  EXPECT_THAT(tools::report(result),
              testing::StartsWith("✓ Updated registry/backend to pr-42-a1b2c3d\n"));
}

TEST(Report, ErrorIsMessageAndHint) {
  EXPECT_EQ(tools::report(engine::Error{engine::Code::no_rwenv, "No rwenv set.", "Set one."}),
            "No rwenv set.\nSet one.");
  EXPECT_EQ(tools::report(engine::Error{engine::Code::no_rwenv, "No rwenv set."}), "No rwenv set.");
}

TEST(Report, ResolvedTagStandsAloneOnTheFirstLine) {
  const auto commit = engine::CommitId::parse("a1b2c3d" + std::string(33, '0'));
  const auto number = engine::PrNumber::make(42);
  ASSERT_TRUE(commit && number);
  engine::ResolvedTag resolved{.tag = engine::ImageTag(*number, *commit),
                               .pr_number = *number,
                               .commit = *commit,
                               .branch = "feature/x",
                               .pr_url = "https://git.example/pull/42",
                               .pr_state = "OPEN"};
  EXPECT_EQ(tools::report(resolved),
            "pr-42-a1b2c3d\n\nPR: #42 (OPEN) https://git.example/pull/42\n"
            "Commit: " +
                commit->text() + "\nBranch: feature/x");
  resolved.branch.reset();
  resolved.pr_url.reset();
  resolved.pr_state.reset();
  EXPECT_EQ(tools::report(resolved), "pr-42-a1b2c3d\n\nPR: #42\nCommit: " + commit->text());
}

TEST(Report, LookupNamesThePlace) {
  engine::ServiceLookup lookup;
  lookup.service = "papi";
  lookup.image_group = "backend";
  lookup.file = "apps/k.yaml";
  lookup.image_name = "backend";
  lookup.type = "kustomize-images";
  lookup.namespace_name = "prod";
  lookup.services_affected = {"papi", "worker"};
  lookup.catalog_file = "/etc/services.json";
  lookup.catalog_generated_at = "2026-01-31";
  EXPECT_EQ(tools::report(lookup),
            "papi → backend\n\nFile: apps/k.yaml\nImage: backend\nType: kustomize-images\n"
            "Namespace: prod\n\nServices affected: papi, worker\n\n"
            "Catalog: /etc/services.json (generated 2026-01-31)");
}

TEST(Report, TerminalControlIsRemoved) {
  engine::RolloutResult result = example();
  result.warnings = {"evil \x1b[31mred\x07"};
  result.diff = "+\x1b]0;title\x07 x\n";
  EXPECT_THAT(tools::report(result), Not(HasSubstr("\x1b")));
  EXPECT_THAT(tools::structured(result).at("diff").get<std::string>(), Not(HasSubstr("\x1b")));
}

TEST(Report, HasNoSecretsAndNothingInvisible) {
  engine::RolloutResult result = example();
  result.status = engine::RolloutStatus::dry_run;
  result.image_group = "back\U000E0041\u200bend";
  result.warnings = {"remote: used password=hunter2", "see https://ann:hunter2@host/x"};
  result.diff =
      " env:\n - name: DB_PASSWORD\n   value: hunter2\n # \U000E0041\u200f comment\n"
      "-newTag: pr-41-9f8e7d6\n+newTag: pr-42-a1b2c3d\n";
  const std::string shown = json::dump(tools::structured(result)) + tools::report(result);
  EXPECT_THAT(shown, Not(HasSubstr("hunter2")));
  for (const char* const invisible : {"\U000E0041", "\u200b", "\u200f"}) {
    EXPECT_THAT(shown, Not(HasSubstr(invisible)));
  }
  EXPECT_THAT(shown, HasSubstr("Dry run: backend pr-41-9f8e7d6 → pr-42-a1b2c3d"));
  EXPECT_THAT(shown, HasSubstr("-newTag: pr-41-9f8e7d6"));
}

TEST(Report, PartsBesideEachOtherAreNoSecret) {
  engine::RolloutResult result = example();
  result.image_name = "auth-token";
  result.services_affected = {"secret", "password-reset", "token"};
  result.kustomization = "secret";
  const std::string text = tools::report(result);
  EXPECT_THAT(text, Not(HasSubstr("***")));
  EXPECT_THAT(text, HasSubstr("Services affected: secret, password-reset, token\n"));
}

TEST(Structured, RefusalHasNoSecretsAndNothingInvisible) {
  const engine::Error error{engine::Code::rejected,
                            "The remote says: private\u200b_token=hunter2",
                            "Ask at https://host/x?access_token=hunter2",
                            {{"reason", "token: hunter2"},
                             {"remoteWords", std::vector<std::string>{"Authorization: hunter2"}}}};
  const std::string shown = json::dump(tools::structured(error)) + tools::report(error);
  EXPECT_THAT(shown, Not(HasSubstr("hunter2")));
  EXPECT_THAT(shown, Not(HasSubstr("\u200b")));
}

TEST(Bounded, ATextOfTheLimitIsWholeAndOneByteMoreIsNot) {
  EXPECT_EQ(tools::sanitize_text("12345", 5), "12345");
  EXPECT_EQ(tools::sanitize_text("123456", 5), "12345…\n[cut: 6 bytes, the first 5 are shown]");
  EXPECT_EQ(tools::sanitize_text("", 0), "");
}

TEST(Report, LongTextsAreCutWithANotice) {
  engine::RolloutResult result = example();
  result.status = engine::RolloutStatus::dry_run;
  result.diff = std::string(std::size_t{1} << 20U, 'x');
  const std::string text = tools::report(result);
  EXPECT_LT(text.size(), tools::kMaxText + 200);
  EXPECT_THAT(text, HasSubstr("[cut: "));
  EXPECT_LT(json::dump(tools::structured(result)).size(), 2 * tools::kMaxText);
}

// The command for a Kustomization, its namespace and the rwenv's context; "" stands for none.
std::string reconcile_command(const std::string& kustomization, const std::string& name_space = "",
                              const std::string& context = "") {
  const auto given = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  engine::RolloutResult result = example();
  result.kustomization = given(kustomization);
  result.kustomization_namespace = given(name_space);
  result.kubernetes_context = given(context);
  return tools::reconcile_command(result);
}

TEST(ReconcileCommand, OnlyForNamesThatAShellTakesAsTheyAre) {
  EXPECT_EQ(reconcile_command("apps"), "flux reconcile kustomization apps --with-source");
  EXPECT_EQ(reconcile_command(""), "");
  for (const char* name : {"-n", "a b", "a;rm -rf /", "$(id)", "a'b"}) {
    EXPECT_EQ(reconcile_command(name), "") << name;
    EXPECT_EQ(reconcile_command("apps", name), "") << name;
  }
}

TEST(ReconcileCommand, NamesANamespaceThatFluxDoesNotTakeForGranted) {
  EXPECT_EQ(reconcile_command("apps", "flux-system"),
            "flux reconcile kustomization apps --with-source");
  EXPECT_EQ(reconcile_command("apps", "shop"),
            "flux reconcile kustomization apps -n shop --with-source");
}

TEST(ReconcileCommand, EndsWithTheContext) {
  const std::string command = "flux reconcile kustomization apps --with-source --context ";
  for (const char* context : {"staging", "admin@staging", "kind-dev.2",
                              "arn:aws:eks:eu-west-1:123456789012:cluster/staging"}) {
    EXPECT_EQ(reconcile_command("apps", "", context), command + context);
  }
  EXPECT_EQ(reconcile_command("apps", "", "my cluster"), command + "'my cluster'");
  EXPECT_EQ(reconcile_command("apps", "", "$(id)'"), command + R"('$(id)'\''')");
  EXPECT_EQ(reconcile_command("apps", "", "-x"), command + "'-x'");
  EXPECT_EQ(reconcile_command("apps", "", "a\nb"), "");
  EXPECT_EQ(reconcile_command("apps", "shop", "staging"),
            "flux reconcile kustomization apps -n shop --with-source --context staging");
}

TEST(Structured, RolloutHasTheContractsKeysInOrder) {
  const OrderedJson object = tools::structured(example());
  std::vector<std::string> keys;
  for (const auto& member : object.items()) {
    keys.push_back(member.key());
  }
  EXPECT_THAT(keys, testing::ElementsAre("status", "tag", "previousTag", "service", "imageGroup",
                                         "imageName", "file", "fluxRepo", "branch", "rwenv",
                                         "commit", "attempts", "servicesAffected", "kustomization",
                                         "reconcileCommand", "diff", "projectDir", "projectBranch",
                                         "warnings", "report"));
  EXPECT_EQ(object.at("status"), "updated");
  EXPECT_EQ(object.at("report"), tools::report(example()));
}

TEST(Structured, UnknownMembersAreLeftOut) {
  engine::RolloutResult result = example();
  result.status = engine::RolloutStatus::dry_run;
  result.previous_tag.reset();
  result.service.reset();
  result.image_group.reset();
  result.commit.reset();
  result.kustomization.reset();
  result.project_branch.reset();
  const OrderedJson object = tools::structured(result);
  for (const char* key : {"previousTag", "service", "imageGroup", "commit", "kustomization",
                          "reconcileCommand", "projectBranch"}) {
    EXPECT_FALSE(object.contains(key)) << key;
  }
  EXPECT_EQ(object.at("warnings"), OrderedJson::array());
}

TEST(Structured, RefusalHasCodeMessageHintAndDetails) {
  const engine::Error error{engine::Code::conflict,
                            "Tried 40 times.",
                            "Try again.",
                            {{"attempts", std::int64_t{40}},
                             {"by", "Ann"},
                             {"names", std::vector<std::string>{"a", "b"}}}};
  EXPECT_EQ(json::dump(tools::structured(error)),
            R"({"status":"refused","code":"conflict","message":"Tried 40 times.",)"
            R"("hint":"Try again.","details":{"attempts":40,"by":"Ann","names":["a","b"]}})");
  EXPECT_EQ(json::dump(tools::structured(engine::Error{engine::Code::no_rwenv, "None."})),
            R"({"status":"refused","code":"no_rwenv","message":"None."})");
}

}  // namespace
