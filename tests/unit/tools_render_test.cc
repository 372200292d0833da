#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/error.h"
#include "engine/regenerate.h"
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
  result.changes.emplace_back();
  result.changes.front().previous_tag = "pr-41-9f8e7d6";
  result.changes.front().service = "papi";
  result.changes.front().image_group = "backend-services";
  result.changes.front().image_name = "registry/backend";
  result.changes.front().file = "apps/backend-services/kustomization.yaml";
  result.flux_repo = "https://git.example/infra/flux.git";
  result.branch = "main";
  result.rwenv = "rdebug";
  result.commit = std::string(40, 'c');
  result.attempts = 1;
  result.changes.front().services_affected = {"papi", "worker", "cron"};
  result.changes.front().kustomization = "backend";
  result.changes.front().diff =
      "--- a/k.yaml\n+++ b/k.yaml\n@@ -1 +1 @@\n-newTag: pr-41-9f8e7d6\n+newTag: pr-42-a1b2c3d\n";
  result.project_directory = "/home/ann/src/papi";
  result.project_branch = "feature/search";
  result.pr_source = engine::PrSource::argument;
  return result;
}

// What a report of it says between the first line and the last paragraphs.
const std::string kPlace =
    "\n"
    "Flux repo: https://git.example/infra/flux.git\n"
    "File: apps/backend-services/kustomization.yaml\n"
    "Image: registry/backend\n"
    "Tag: pr-42-a1b2c3d\n"
    "\n";

TEST(Report, UpdatedIsTheContractsText) {
  EXPECT_EQ(tools::report(example()),
            "✓ Updated backend-services to pr-42-a1b2c3d\n" + kPlace +
                "Services affected: papi, worker, cron\n"
                "\n"
                "Flux will reconcile automatically. To force immediate sync:\n"
                "  flux reconcile kustomization backend --with-source");
}

TEST(Report, UnknownValuesLeaveNoTrace) {
  engine::RolloutResult result = example();
  result.changes.front().services_affected.clear();
  result.changes.front().kustomization.reset();
  EXPECT_EQ(tools::report(result), "✓ Updated backend-services to pr-42-a1b2c3d\n" + kPlace +
                                       "Flux will reconcile automatically.");
}

TEST(Report, WithoutEffectSaysWhyInPlaceOfTheReconciliation) {
  engine::RolloutResult result = example();
  result.changes.front().effect = {engine::Effect::Followed::no,
                                   {"It is suspended (a.yaml:7).", "And more."}};
  EXPECT_THAT(tools::report(result),
              testing::EndsWith("\n\nThis will not take effect: It is suspended (a.yaml:7)."));
  EXPECT_THAT(tools::report(result), testing::Not(testing::HasSubstr("Flux will reconcile")));
  result.changes.push_back(result.changes.front());
  result.changes.back().effect = {};
  EXPECT_THAT(tools::report(result), testing::HasSubstr("Flux will reconcile automatically"));
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

TEST(Report, ProposedNamesTheRequestAndWaitsForTheMerge) {
  engine::RolloutResult result = example();
  result.status = engine::RolloutStatus::proposed;
  result.proposal = engine::Proposal{.url = "https://github.com/acme/flux/pull/7",
                                     .number = 7,
                                     .head_branch = "rollout/backend-services"};
  EXPECT_EQ(
      tools::report(result),
      "✓ Proposed backend-services pr-42-a1b2c3d: https://github.com/acme/flux/pull/7\n" + kPlace +
          "Services affected: papi, worker, cron\n"
          "\n"
          "Flux will reconcile automatically once it is merged. To force immediate sync then:\n"
          "  flux reconcile kustomization backend --with-source");
  const auto first_line = [&] {
    const std::string report = tools::report(result);
    return report.substr(0, report.find('\n'));
  };
  result.proposal->url.reset();
  EXPECT_EQ(first_line(), "✓ Proposed backend-services pr-42-a1b2c3d as #7");
  result.proposal->number.reset();
  EXPECT_EQ(first_line(), "✓ Proposed backend-services pr-42-a1b2c3d as rollout/backend-services");
  result.status = engine::RolloutStatus::unchanged;
  result.proposal->url = "https://x/pull/7";
  EXPECT_EQ(first_line(),
            "✓ backend-services is already at pr-42-a1b2c3d in the proposal: https://x/pull/7");
}

TEST(Structured, HasTheProposalAsFarAsItIsKnown) {
  engine::RolloutResult result = example();
  EXPECT_FALSE(tools::structured(result).contains("proposal"));
  result.status = engine::RolloutStatus::proposed;
  result.proposal = engine::Proposal{
      .url = "https://x/pull/7", .number = 7, .head_branch = "rollout/b", .reused = true};
  EXPECT_EQ(tools::structured(result).at("status"), "proposed");
  EXPECT_EQ(json::dump(tools::structured(result).at("proposal")),
            R"({"url":"https://x/pull/7","number":7,"headBranch":"rollout/b","reused":true})");
  result.proposal = engine::Proposal{.url = {}, .number = {}, .head_branch = "rollout/b"};
  EXPECT_EQ(json::dump(tools::structured(result).at("proposal")),
            R"({"headBranch":"rollout/b","reused":false})");
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
  result.changes.front().previous_tag.reset();
  result.changes.front().diff.clear();
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
  result.changes.front().image_group.reset();
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

engine::RolloutHistory history() {
  engine::RolloutHistory out;
  out.rwenv = "dev";
  out.image_group = "backend";
  out.file = "apps/k.yaml";
  out.image_name = "acme/backend";
  out.entries = {{.tag = "pr-42-a1b2c3d",
                  .previous_tag = "v1",
                  .pr_number = engine::PrNumber::make(42),
                  .commit = std::string(40, 'a'),
                  .author = "Zo\u00eb",
                  .committed_at = "2026-01-31T12:00:00Z",
                  .message = "update",
                  .current = true},
                 {.tag = {},
                  .previous_tag = {},
                  .pr_number = {},
                  .commit = std::string(40, 'b'),
                  .author = "Alexander",
                  .committed_at = "",
                  .message = "",
                  .current = false}};
  return out;
}

TEST(Report, AHistoryIsATable) {
  EXPECT_EQ(tools::report(history()),
            "backend in dev (apps/k.yaml): the tags that were set, newest first\n\n"
            "  TAG            SINCE                 COMMIT   AUTHOR     MESSAGE\n"
            "* pr-42-a1b2c3d  2026-01-31T12:00:00Z  aaaaaaa  Zo\u00eb        update\n"
            "  (none)                               bbbbbbb  Alexander");
}

TEST(Report, AHistorySaysWhereItStopped) {
  engine::RolloutHistory some = history();
  some.stopped = "at abc1234: the time limit of 120 s was over";
  some.warnings = {"a warning"};
  EXPECT_THAT(
      tools::report(some),
      testing::EndsWith("\n\n\u26a0 Older tags are not listed. Stopped at abc1234: the time "
                        "limit of 120 s was over\n\u26a0 a warning"));
  EXPECT_FALSE(tools::structured(some).at("complete").get<bool>());
  some.entries.clear();
  EXPECT_THAT(tools::report(some),
              testing::StartsWith("backend in dev (apps/k.yaml): who set the tag is not known\n"));
  some.stopped.reset();
  EXPECT_THAT(tools::report(some),
              testing::StartsWith("backend in dev (apps/k.yaml): no tag was ever set\n"));
  EXPECT_TRUE(tools::structured(some).at("complete").get<bool>());
}

TEST(Report, AHistoryIsOtherPeoplesTextMadeFitToBeShown) {
  engine::RolloutHistory some = history();
  some.entries.front().message = "\x1b[31mpassword=hunter2\u202e " + std::string(200, 'x');
  some.entries.front().tag = "v1\nv2";
  const std::string text = tools::report(some);
  EXPECT_THAT(text, testing::HasSubstr("password=*** xxx"));
  EXPECT_THAT(text, testing::HasSubstr("* v1 v2  "));
  EXPECT_EQ(text.find_first_of("\x1b"), std::string::npos);
  EXPECT_EQ(text.find(std::string(100, 'x')), std::string::npos) << "the table keeps its form";
  const OrderedJson entry = tools::structured(some).at("entries").at(0);
  EXPECT_EQ(entry.at("tag"), "v1 v2");
  EXPECT_EQ(entry.at("message"), "password=*** " + std::string(200, 'x'));
  EXPECT_FALSE(tools::structured(some).at("entries").at(1).contains("tag"));
}

TEST(Report, ARenamedServiceIsNeitherAddedNorRemoved) {
  engine::RegenerateResult result;
  result.added = {"more", "papi"};
  result.removed = {"gone", "papi.live"};
  result.renamed = {{"papi.live", "papi"}};
  EXPECT_THAT(tools::report(result),
              testing::EndsWith("\nAdded: more\nRenamed: papi.live → papi\nRemoved: gone"));
}

TEST(Report, TerminalControlIsRemoved) {
  engine::RolloutResult result = example();
  result.warnings = {"evil \x1b[31mred\x07"};
  result.changes.front().diff = "+\x1b]0;title\x07 x\n";
  EXPECT_THAT(tools::report(result), Not(HasSubstr("\x1b")));
  EXPECT_THAT(tools::structured(result).at("diff").get<std::string>(), Not(HasSubstr("\x1b")));
}

TEST(Report, HasNoSecretsAndNothingInvisible) {
  engine::RolloutResult result = example();
  result.status = engine::RolloutStatus::dry_run;
  result.changes.front().image_group = "back\U000E0041\u200bend";
  result.warnings = {"remote: used password=hunter2", "see https://ann:hunter2@host/x"};
  result.changes.front().diff =
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
  result.changes.front().image_name = "auth-token";
  result.changes.front().services_affected = {"secret", "password-reset", "token"};
  result.changes.front().kustomization = "secret";
  const std::string text = tools::report(result);
  EXPECT_THAT(text, Not(HasSubstr("***")));
  EXPECT_THAT(text, HasSubstr("Services affected: secret, password-reset, token\n"));
}

// The same with a second group, as `services` asks for it.
engine::RolloutResult example_of_two() {
  engine::RolloutResult result = example();
  result.several = true;
  result.changes.front().changed = true;
  engine::RolloutChange& second = result.changes.emplace_back(result.changes.front());
  second.service = "web";
  second.image_group = "frontend";
  second.image_name = "registry/web";
  second.file = "apps/web/kustomization.yaml";
  second.previous_tag = "pr-7-0000000";
  second.services_affected = {"web", "cron"};
  return result;
}

TEST(Report, OfSeveralNamesEachGroupAndEachKustomizationOnce) {
  engine::RolloutResult result = example_of_two();
  EXPECT_EQ(tools::report(result),
            "✓ Updated backend-services, frontend to pr-42-a1b2c3d\n"
            "\n"
            "Flux repo: https://git.example/infra/flux.git\n"
            "Tag: pr-42-a1b2c3d\n"
            "backend-services: apps/backend-services/kustomization.yaml, image registry/backend\n"
            "frontend: apps/web/kustomization.yaml, image registry/web\n"
            "\n"
            "Services affected: papi, worker, cron, web\n"
            "\n"
            "Flux will reconcile automatically. To force immediate sync:\n"
            "  flux reconcile kustomization backend --with-source");
  result.changes.back().kustomization = "web";
  EXPECT_THAT(tools::report(result),
              testing::EndsWith("  flux reconcile kustomization backend --with-source\n"
                                "  flux reconcile kustomization web --with-source"));
  result.status = engine::RolloutStatus::unchanged;
  EXPECT_THAT(tools::report(result),
              testing::StartsWith("✓ backend-services, frontend are already at pr-42-a1b2c3d\n"));
  result.status = engine::RolloutStatus::dry_run;
  EXPECT_THAT(tools::report(result),
              testing::StartsWith("Dry run: backend-services pr-41-9f8e7d6 → pr-42-a1b2c3d, "
                                  "frontend pr-7-0000000 → pr-42-a1b2c3d\n"));
}

TEST(Structured, HasOneObjectForEachOfSeveralGroups) {
  EXPECT_FALSE(tools::structured(example()).contains("changes"));
  engine::RolloutResult result = example_of_two();
  result.changes.back().changed = false;
  const OrderedJson object = tools::structured(result);
  EXPECT_EQ(object.at("imageGroup"), "backend-services");
  ASSERT_EQ(object.at("changes").size(), 2U);
  const OrderedJson& second = object.at("changes").at(1);
  EXPECT_EQ(second.at("imageGroup"), "frontend");
  EXPECT_EQ(second.at("previousTag"), "pr-7-0000000");
  EXPECT_EQ(second.at("changed"), false);
  EXPECT_EQ(object.at("changes").at(0).at("changed"), true);
}

TEST(Structured, SaysWhomARolloutReplaces) {
  engine::RolloutResult result = example();
  EXPECT_EQ(tools::structured(result).at("prSource"), "argument");
  EXPECT_FALSE(tools::structured(result).contains("replaced"));
  result.pr_source = engine::PrSource::gh;
  result.changes.front().replaced = engine::Replacement{.tag = "latest"};
  EXPECT_EQ(tools::structured(result).at("prSource"), "gh");
  EXPECT_EQ(json::dump(tools::structured(result).at("replaced")), R"({"tag":"latest"})");
  result.changes.front().replaced = engine::Replacement{.tag = "pr-41-9f8e7d6",
                                                        .pr_number = engine::PrNumber::make(41),
                                                        .author = "Ali\u200bce\x1b[31m",
                                                        .committed_at = "2026-01-31T11:48:00Z",
                                                        .commit = std::string(40, 'c'),
                                                        .of_another = "pr-41-9f8e7d6"};
  EXPECT_EQ(json::dump(tools::structured(result).at("replaced")),
            R"({"tag":"pr-41-9f8e7d6","prNumber":41,"author":"Alice",)"
            R"("committedAt":"2026-01-31T11:48:00Z","commit":")" +
                std::string(40, 'c') + R"("})");
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
  result.changes.front().diff = std::string(std::size_t{1} << 20U, 'x');
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
  result.changes.front().kustomization = given(kustomization);
  result.changes.front().kustomization_namespace = given(name_space);
  result.kubernetes_context = given(context);
  return tools::reconcile_command(result, result.changes.front());
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
                                         "prSource", "effect", "warnings", "report"));
  EXPECT_EQ(object.at("status"), "updated");
  EXPECT_EQ(object.at("report"), tools::report(example()));
}

TEST(Structured, UnknownMembersAreLeftOut) {
  engine::RolloutResult result = example();
  result.status = engine::RolloutStatus::dry_run;
  result.changes.front().previous_tag.reset();
  result.changes.front().service.reset();
  result.changes.front().image_group.reset();
  result.commit.reset();
  result.changes.front().kustomization.reset();
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
