// Whether a rollout will take effect: each thing that can stand in the way, and that nothing is
// said where nothing does.
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/effect/judge_effect.h"
#include "tests/support/head_of_files.h"

namespace {

using engine::Effect;
using engine::RecordedKustomization;
using engine::RecordedWiring;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;
using Files = std::map<std::string, std::string>;
using Followed = Effect::Followed;

constexpr const char* kFile = "apps/papi/kustomization.yaml";
constexpr const char* kUrl = "https://git.example.com/infra/flux.git";

const std::string kKustomization =
    "apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
    "kind: Kustomization\n"
    "metadata:\n"
    "  name: apps\n"
    "  namespace: flux-system\n"
    "spec:\n"
    "  interval: 1m\n"
    "  path: ./apps/papi\n"
    "  sourceRef: {kind: GitRepository, name: flux-system}\n";

const std::string kSource =
    "apiVersion: source.toolkit.fluxcd.io/v1\n"
    "kind: GitRepository\n"
    "metadata: {name: flux-system, namespace: flux-system}\n"
    "spec:\n"
    "  url: ssh://git@git.example.com/infra/flux\n";

// What one cluster is made of, and what stands in it.
Files sound_files() {
  return {{"clusters/a/apps.yaml", kKustomization},
          {"clusters/a/source.yaml", kSource + "  ref:\n    branch: main\n"},
          {kFile, "resources: [deployment.yaml]\nimages:\n- name: papi\n  newTag: v1\n"},
          {"apps/papi/deployment.yaml", "kind: Deployment\n"}};
}

RecordedKustomization cluster(const std::string& name, const std::string& path = "apps/papi") {
  RecordedKustomization recorded;
  recorded.file = "clusters/" + name + "/apps.yaml";
  recorded.name = "apps";
  recorded.namespace_name = "flux-system";
  recorded.path = path;
  recorded.source = engine::RecordedSource{.file = "clusters/" + name + "/source.yaml",
                                           .name = "flux-system",
                                           .namespace_name = "flux-system",
                                           .branch = "main",
                                           .patched = {}};
  return recorded;
}

RecordedWiring wiring(std::vector<RecordedKustomization> kustomizations) {
  return {.kustomizations = std::move(kustomizations), .absence = {}};
}

engine::ImageTag new_tag() {
  return *engine::ImageTag::parse("pr-42-a1b2c3d");
}

Effect judge(const Files& files, const RecordedWiring& recorded,
             engine::TagLocation place = {.image_name = "papi", .path = {}},
             const std::string& file = kFile) {
  auto head = test::head_of(files);
  const auto edit = engine::set_image_tag(file, files.at(file), place, new_tag());
  EXPECT_TRUE(edit) << (edit ? "" : edit.error().message);
  const engine::RemoteUrl repository(kUrl);
  return engine::judge_effect({.file = file,
                               .place = place,
                               .edit = *edit,
                               .wiring = recorded,
                               .repository = repository,
                               .branch = "main"},
                              head);
}

// With one file of the sound wiring replaced.
Effect judge_with(const std::string& path, const std::string& bytes) {
  Files files = sound_files();
  files[path] = bytes;
  return judge(files, wiring({cluster("a")}));
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

void expect_sound(const Effect& effect) {
  EXPECT_EQ(effect.followed, Followed::yes);
  EXPECT_THAT(effect.notes, IsEmpty());
}

void expect_unknown(const Effect& effect) {
  EXPECT_EQ(effect.followed, Followed::unknown);
  EXPECT_THAT(effect.notes, IsEmpty());
}

// Not followed, for one reason, with the place that proves it.
void expect_not(const Effect& effect, const std::string& what, const std::string& where) {
  EXPECT_EQ(effect.followed, Followed::no);
  ASSERT_THAT(effect.notes, SizeIs(1)) << testing::PrintToString(effect.notes);
  EXPECT_THAT(effect.notes[0], AllOf(HasSubstr(what), HasSubstr(where)));
}

TEST(Effect, OfASoundWiringIsYesWithoutAWord) {
  expect_sound(judge(sound_files(), wiring({cluster("a")})));
}

TEST(Effect, OfASourceThatFollowsSomethingElseIsNo) {
  const std::map<std::string, std::string> refs = {
      {"branch: v2", "branch v2"},
      {"tag: v1.0.0", "tag v1.0.0"},
      {"semver: \">=1.0.0\"", "range of tags >=1.0.0"},
      {"commit: 0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c", "commit 0f1e2d3c"},
      {"name: refs/heads/v2", "branch v2"},
      {"name: refs/pull/7/head", "refs/pull/7/head"}};
  for (const auto& [ref, what] : refs) {
    expect_not(judge_with("clusters/a/source.yaml", kSource + "  ref:\n    " + ref + "\n"), what,
               "clusters/a/source.yaml:7");
  }
}

TEST(Effect, OfASourceThatDoesNotSayFollowsMaster) {
  expect_not(judge_with("clusters/a/source.yaml", kSource), "branch master",
             "clusters/a/source.yaml:1");
}

TEST(Effect, OfTheBranchByItsFullNameIsYes) {
  expect_sound(
      judge_with("clusters/a/source.yaml", kSource + "  ref:\n    name: refs/heads/main\n"));
}

TEST(Effect, OfABranchThatFluxFillsInIsUnknown) {
  const Effect effect =
      judge_with("clusters/a/source.yaml", kSource + "  ref: {branch: \"${BRANCH}\"}\n");
  EXPECT_EQ(effect.followed, Followed::unknown);
  EXPECT_THAT(effect.notes, IsEmpty());
}

TEST(Effect, OfAnotherRepositoryIsUnknown) {
  const Effect effect =
      judge_with("clusters/a/source.yaml", replaced(kSource, "infra/flux", "infra/other"));
  EXPECT_EQ(effect.followed, Followed::unknown);
  EXPECT_THAT(effect.notes, IsEmpty());
}

TEST(Effect, OfWhatIsSuspendedIsNo) {
  expect_not(judge_with("clusters/a/apps.yaml", kKustomization + "  suspend: true\n"),
             "Flux Kustomization apps is suspended", "clusters/a/apps.yaml:10");
  expect_not(
      judge_with("clusters/a/source.yaml", kSource + "  ref: {branch: main}\n  suspend: true\n"),
      "GitRepository flux-system, from which Flux takes the file, is suspended",
      "clusters/a/source.yaml:7");
}

TEST(Effect, OfWhatIsNotSuspendedIsYes) {
  expect_sound(judge_with("clusters/a/apps.yaml", kKustomization + "  suspend: false\n"));
  expect_sound(judge_with("clusters/a/apps.yaml", kKustomization + "  suspend: \"true\"\n"));
}

TEST(Effect, OfAFieldThatAPatchSetsIsUnknown) {
  Files files = sound_files();
  files["clusters/a/apps.yaml"] += "  suspend: true\n";
  for (const char* field : {"suspend", "path", "images", "sourceRef"}) {
    RecordedKustomization recorded = cluster("a");
    recorded.patched = {"suspend", field};
    const Effect effect = judge(files, wiring({recorded}));
    EXPECT_EQ(effect.followed, Followed::unknown) << field;
    EXPECT_THAT(effect.notes, IsEmpty()) << field;
  }
  for (const char* field : {"suspend", "ref", "ignore"}) {
    RecordedKustomization recorded = cluster("a");
    recorded.source->patched = {field};
    EXPECT_EQ(judge(sound_files(), wiring({recorded})).followed, Followed::unknown) << field;
  }
}

TEST(Effect, OfAVariableInPlaceOfASuspensionIsUnknown) {
  for (const auto& [file, text] :
       {std::pair("clusters/a/apps.yaml", kKustomization + "  suspend: ${paused}\n"),
        std::pair("clusters/a/source.yaml",
                  kSource + "  ref: {branch: main}\n  suspend: ${paused:=false}\n")}) {
    const Effect effect = judge_with(file, text);
    EXPECT_EQ(effect.followed, Followed::unknown) << file;
    EXPECT_THAT(effect.notes, IsEmpty()) << file;
  }
}

TEST(Effect, OfMoreIgnorePatternsThanAreReadIsUnknown) {
  std::string comments;
  for (int i = 0; i < 2000; ++i) {
    comments += "# x\n";
  }
  for (const std::string& rules : {"/*\n" + comments + "!/apps\n", comments + "/apps\n",
                                   std::string(std::size_t{300} << 10U, '#') + "\n/apps\n"}) {
    const Effect effect = judge_with(".sourceignore", rules);
    EXPECT_EQ(effect.followed, Followed::unknown) << rules.size();
    EXPECT_THAT(effect.notes, IsEmpty()) << rules.size();
  }
}

TEST(Effect, LinesCountInAFileOfAnotherSystem) {
  std::string text = kKustomization + "  suspend: true\n";
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at + 2)) {
    text.replace(at, 1, "\r\n");
  }
  expect_not(judge_with("clusters/a/apps.yaml", text), "suspended", "clusters/a/apps.yaml:10");
}

TEST(Effect, AValueByAnAliasCounts) {
  expect_not(judge_with("clusters/a/apps.yaml",
                        replaced(kKustomization, "interval: 1m", "prune: &yes true") +
                            "  suspend: *yes\n"),
             "suspended", "clusters/a/apps.yaml:10");
}

TEST(Effect, OfAPathThatDoesNotTakeInTheFileIsNo) {
  Files files = sound_files();
  files["clusters/a/apps.yaml"] = replaced(kKustomization, "./apps/papi", "./apps/v2");
  files["apps/v2/kustomization.yaml"] = "resources: [deployment.yaml, ../base]\n";
  files["apps/base/kustomization.yaml"] = "resources: []\n";
  expect_not(judge(files, wiring({cluster("a")})), "applies ./apps/v2, which does not take in",
             "clusters/a/apps.yaml:8");
}

TEST(Effect, OfAPathThatIsNotThereIsNo) {
  expect_not(
      judge_with("clusters/a/apps.yaml", replaced(kKustomization, "./apps/papi", "./apps/gone")),
      "applies ./apps/gone", "clusters/a/apps.yaml:8");
}

TEST(Effect, OfAnotherPathThatTakesInTheFileIsYes) {
  Files files = sound_files();
  files["clusters/a/apps.yaml"] = replaced(kKustomization, "./apps/papi", "./apps");
  expect_sound(judge(files, wiring({cluster("a")})));
  files["apps/kustomization.yaml"] = "resources: [papi]\n";
  expect_sound(judge(files, wiring({cluster("a")})));
  files["clusters/a/apps.yaml"] = replaced(kKustomization, "./apps/papi", "./overlays/b");
  files["overlays/b/kustomization.yaml"] = "resources: [../../apps]\n";
  expect_sound(judge(files, wiring({cluster("a")})));
}

// Which images are set again on a way that was not recorded is not looked at.
TEST(Effect, OfAnotherPathOnWhichImagesAreSetIsUnknown) {
  Files files = sound_files();
  files["clusters/a/apps.yaml"] = replaced(kKustomization, "./apps/papi", "./overlays/b");
  files["overlays/b/kustomization.yaml"] =
      "resources: [../../apps/papi]\nimages:\n- name: papi\n  newTag: v9\n";
  expect_unknown(judge(files, wiring({cluster("a")})));
  files["overlays/b/kustomization.yaml"] = "resources: [../../apps/papi]\n";
  files["clusters/a/apps.yaml"] += "  images:\n  - name: papi\n    newTag: v9\n";
  expect_unknown(judge(files, wiring({cluster("a")})));
}

TEST(Effect, OfAnAppThatTheKustomizationNoLongerNamesIsNo) {
  Files files = sound_files();
  files["clusters/a/apps.yaml"] = replaced(kKustomization, "./apps/papi", "./apps");
  files["apps/kustomization.yaml"] = "# The apps.\nresources:\n# - papi\n- web\n";
  files["apps/web/kustomization.yaml"] = "resources: []\n";
  RecordedKustomization recorded = cluster("a", "apps");
  recorded.outer = {"apps/kustomization.yaml"};
  expect_not(judge(files, wiring({recorded})), "No Flux Kustomization applies apps/papi",
             "apps/kustomization.yaml:4");
  files["apps/web/kustomization.yaml"] = "resources: [../papi]\n";
  expect_sound(judge(files, wiring({recorded})));
}

TEST(Effect, OfAComponentThatTheFluxKustomizationAddsIsYes) {
  Files files = sound_files();
  files["clusters/a/apps.yaml"] =
      replaced(kKustomization, "./apps/papi", "./apps/web") + "  components: [../papi]\n";
  files["apps/web/kustomization.yaml"] = "resources: [deployment.yaml]\n";
  expect_sound(judge(files, wiring({cluster("a")})));
}

TEST(Effect, OfAnImageThatTheFluxKustomizationSetsIsNo) {
  expect_not(judge_with("clusters/a/apps.yaml",
                        kKustomization + "  images:\n  - name: papi\n    newTag: v9\n"),
             "Flux Kustomization apps sets the image papi itself", "clusters/a/apps.yaml:11");
  expect_sound(judge_with("clusters/a/apps.yaml",
                          kKustomization + "  images:\n  - name: web\n    newTag: v9\n"));
}

TEST(Effect, OfAnImageThatAnOuterKustomizationSetsIsNo) {
  Files files = sound_files();
  files["clusters/a/apps.yaml"] = replaced(kKustomization, "./apps/papi", "./apps/staging");
  files["apps/staging/kustomization.yaml"] =
      "resources: [../papi]\nimages:\n- name: papi\n  newTag: v9\n";
  RecordedKustomization recorded = cluster("a", "apps/staging");
  recorded.outer = {"apps/staging/kustomization.yaml"};
  expect_not(judge(files, wiring({recorded})), "The image papi is set again",
             "apps/staging/kustomization.yaml:4");
  files["apps/staging/kustomization.yaml"] =
      "resources: [../papi]\nimages:\n- name: papi\n  newName: other\n";
  expect_sound(judge(files, wiring({recorded})));
}

TEST(Effect, FollowsTheNamesThatAnImageIsGiven) {
  Files files = sound_files();
  files["clusters/a/apps.yaml"] = replaced(kKustomization, "./apps/papi", "./apps/staging");
  files[kFile] = "images:\n- name: papi\n  newName: ghcr.io/acme/papi\n  newTag: v1\n";
  RecordedKustomization recorded = cluster("a", "apps/staging");
  recorded.outer = {"apps/staging/kustomization.yaml"};
  files["apps/staging/kustomization.yaml"] =
      "resources: [../papi]\nimages:\n- name: papi\n  newTag: v9\n";
  expect_sound(judge(files, wiring({recorded})));
  files["apps/staging/kustomization.yaml"] =
      "resources: [../papi]\nimages:\n- name: ghcr.io/acme/papi\n  digest: sha256:0\n";
  expect_not(judge(files, wiring({recorded})), "ghcr.io/acme/papi is set again",
             "apps/staging/kustomization.yaml:4");
}

TEST(Effect, ATagInValuesIsNotSetByImages) {
  Files files = sound_files();
  files["clusters/a/apps.yaml"] += "  images:\n  - name: papi\n    newTag: v9\n";
  files[kFile] = "resources: [release.yaml]\n";
  files["apps/papi/release.yaml"] =
      "kind: HelmRelease\nmetadata: {name: papi}\n"
      "spec: {values: {image: {repository: papi, tag: v1}}}\n";
  expect_sound(judge(files, wiring({cluster("a")}),
                     {.type = "helm-values", .image_name = "papi", .path = {}},
                     "apps/papi/release.yaml"));
  files["apps/papi/release.yaml"] =
      "kind: HelmRelease\nmetadata: {name: papi}\n"
      "spec: {values: {initContainers: [{image: \"papi:v1\"}]}}\n";
  expect_sound(judge(files, wiring({cluster("a")}),
                     {.type = "image-reference",
                      .image_name = "papi",
                      .path = ".spec.values.initContainers[0].image"},
                     "apps/papi/release.yaml"));
}

TEST(Effect, OfWhatTheSourceIgnoresIsNo) {
  const std::string source = kSource + "  ref: {branch: main}\n";
  expect_not(judge_with("clusters/a/source.yaml",
                        source + "  ignore: |\n    # all but the clusters\n    /*\n"
                                 "    !/clusters/\n"),
             "by the pattern `/*`", "clusters/a/source.yaml:9");
  expect_sound(judge_with("clusters/a/source.yaml",
                          source + "  ignore: |\n    /*\n    !/clusters\n    !/apps\n"));
}

TEST(Effect, OfWhatASourceignoreHidesIsNo) {
  expect_not(judge_with(".sourceignore", "docs/\napps/\n"), "by the pattern `apps/`",
             ".sourceignore:2");
  expect_not(judge_with("apps/papi/.sourceignore", "*.yaml\n"), "by the pattern `*.yaml`",
             "apps/papi/.sourceignore:1");
  expect_sound(judge_with(".sourceignore", "docs/\nkustomization.yml\n"));
}

TEST(Effect, TheFieldOverrulesTheFile) {
  Files files = sound_files();
  files[".sourceignore"] = "apps/\n";
  files["clusters/a/source.yaml"] = kSource + "  ref: {branch: main}\n  ignore: \"!apps/\"\n";
  expect_sound(judge(files, wiring({cluster("a")})));
}

TEST(Effect, OfSeveralClustersIsNoOnlyIfItIsForAll) {
  Files files = sound_files();
  files["clusters/b/apps.yaml"] = kKustomization + "  suspend: true\n";
  files["clusters/b/source.yaml"] = files["clusters/a/source.yaml"];
  expect_sound(judge(files, wiring({cluster("a"), cluster("b")})));
  expect_sound(judge(files, wiring({cluster("b"), cluster("a")})));
  files["clusters/a/apps.yaml"] = files["clusters/b/apps.yaml"];
  const Effect effect = judge(files, wiring({cluster("a"), cluster("b")}));
  EXPECT_EQ(effect.followed, Followed::no);
  EXPECT_THAT(effect.notes, ElementsAre(HasSubstr("clusters/a/apps.yaml:10"),
                                        HasSubstr("clusters/b/apps.yaml:10")));
}

TEST(Effect, OfOneUnknownClusterAmongOthersIsUnknown) {
  Files files = sound_files();
  files["clusters/a/apps.yaml"] += "  suspend: true\n";
  const Effect effect = judge(files, wiring({cluster("a"), cluster("b")}));
  EXPECT_EQ(effect.followed, Followed::unknown);
  EXPECT_THAT(effect.notes, IsEmpty());
}

TEST(Effect, OfAWiringThatIsNotThereIsUnknown) {
  for (const RecordedWiring& recorded : {RecordedWiring(), wiring({cluster("gone")})}) {
    const Effect effect = judge(sound_files(), recorded);
    EXPECT_EQ(effect.followed, Followed::unknown);
    EXPECT_THAT(effect.notes, IsEmpty());
  }
}

TEST(Effect, OfASourceThatIsNotInTheRepositoryIsUnknown) {
  RecordedKustomization recorded = cluster("a");
  recorded.source.reset();
  EXPECT_EQ(judge(sound_files(), wiring({recorded})).followed, Followed::unknown);
  Files files = sound_files();
  files["clusters/a/apps.yaml"] += "  suspend: true\n";
  expect_not(judge(files, wiring({recorded})), "suspended", "clusters/a/apps.yaml:10");
}

TEST(Effect, OfAPathInAnArtifactIsUnknown) {
  const Effect effect = judge_with("clusters/a/apps.yaml",
                                   replaced(replaced(kKustomization, "./apps/papi", "./staging"),
                                            "kind: GitRepository", "kind: ExternalArtifact"));
  EXPECT_EQ(effect.followed, Followed::unknown);
  EXPECT_THAT(effect.notes, IsEmpty());
}

TEST(Effect, OfAHostileWiringIsUnknown) {
  for (const std::string& bytes :
       {std::string("{"), std::string("a: &a [*a]\n"), std::string(300 << 10U, '#'),
        std::string("- 1\n"), std::string(5000, '['), kKustomization + "---\n" + kKustomization}) {
    const Effect effect = judge_with("clusters/a/apps.yaml", bytes);
    EXPECT_EQ(effect.followed, Followed::unknown);
    EXPECT_THAT(effect.notes, IsEmpty());
  }
}

TEST(Effect, OfAnEntryWithAMarkerIsYesWithAWarning) {
  const Effect effect = judge_with(
      kFile,
      "images:\n- name: papi\n  newTag: v1 # {\"$imagepolicy\": \"flux-system:papi:tag\"}\n");
  EXPECT_EQ(effect.followed, Followed::yes);
  EXPECT_THAT(effect.notes, ElementsAre(AllOf(StartsWith(std::string(kFile) + ":3 "),
                                              HasSubstr("$imagepolicy"))));
}

TEST(Effect, OfWhatIsNoMarkerOfTheTagSaysNothing) {
  for (const char* const comment :
       {"# {\"$imagepolicy\": \"flux-system:papi:name\"}",
        "# not now {\"$imagepolicy\": \"flux-system:papi\"}", "# see \"$imagepolicy\"", "# x"}) {
    expect_sound(
        judge_with(kFile, "images:\n- name: papi\n  newTag: v1 " + std::string(comment) + "\n"));
  }
}

TEST(Effect, OfAMarkerElsewhereSaysNothing) {
  expect_sound(judge_with(kFile,
                          "images:\n- name: papi\n  newTag: v1\n- name: web\n"
                          "  newTag: v1 # {\"$imagepolicy\": \"flux-system:web:tag\"}\n"));
}

TEST(Effect, OfAVariableThatIsReplacedIsAWarning) {
  const Effect effect = judge_with(kFile, "images:\n- name: papi\n  newTag: ${PAPI_TAG}\n");
  EXPECT_EQ(effect.followed, Followed::yes);
  EXPECT_THAT(effect.notes, ElementsAre(AllOf(HasSubstr("${PAPI_TAG}"), HasSubstr("postBuild"),
                                              HasSubstr(std::string(kFile) + ":3"))));
}

// A template of other tools has variables of that form, too, and Flux does not fill them in.
TEST(Effect, OfAVariableWhereFluxIsNotKnownToApplyTheFileSaysNoMoreThanItsForm) {
  Files files = sound_files();
  files[kFile] = "images:\n- name: papi\n  newTag: ${PAPI_TAG}\n";
  const Effect effect = judge(files, wiring({}));
  EXPECT_EQ(effect.followed, Followed::unknown);
  EXPECT_THAT(effect.notes, ElementsAre(AllOf(HasSubstr("has the form of a variable"),
                                              Not(HasSubstr("that Flux fills in")))));
}

// As long as the directories with Flux' objects are as they were.
TEST(Effect, OfAFileThatNothingAppliesIsNo) {
  Files files = sound_files();
  files["old/papi/kustomization.yaml"] = files.at(kFile);
  RecordedWiring recorded;
  recorded.absence.emplace();
  recorded.absence->entries = {cluster("a")};
  auto head = test::head_of(files);
  recorded.absence->directories = {{"clusters/a", head.directory("clusters/a")->id}};
  const engine::TagLocation place = {.image_name = "papi", .path = {}};
  expect_not(judge(files, recorded, place, "old/papi/kustomization.yaml"),
             "No Flux Kustomization applies old/papi/kustomization.yaml", "clusters/a/apps.yaml:8");
  files["clusters/a/old.yaml"] = "kind: ConfigMap\n";
  EXPECT_EQ(judge(files, recorded, place, "old/papi/kustomization.yaml").followed,
            Followed::unknown);
}

TEST(Effect, OfAFileThatNothingAppliesNamesEachPlaceWhereFluxBegins) {
  Files files = sound_files();
  files["clusters/b/apps.yaml"] = replaced(kKustomization, "./apps/papi", "./apps/web");
  files["old/papi/kustomization.yaml"] = files.at(kFile);
  RecordedWiring recorded;
  recorded.absence.emplace();
  recorded.absence->entries = {cluster("a"), cluster("b")};
  const engine::TagLocation place = {.image_name = "papi", .path = {}};
  expect_not(judge(files, recorded, place, "old/papi/kustomization.yaml"),
             "Flux begins at ./apps/papi (clusters/a/apps.yaml:8), ./apps/web "
             "(clusters/b/apps.yaml:8), and nothing",
             "clusters/b/apps.yaml:8");
  files.erase("clusters/b/apps.yaml");
  EXPECT_EQ(judge(files, recorded, place, "old/papi/kustomization.yaml").followed,
            Followed::unknown);
}

// A rollout must not grow with the repository.
TEST(Effect, ReadsTheFilesOfTheWiringAndNoOthers) {
  std::vector<std::string> read;
  auto head = test::head_of(sound_files(), [&](const std::string& path) { read.push_back(path); });
  const engine::TagLocation place = {.image_name = "papi", .path = {}};
  const auto edit = engine::set_image_tag(kFile, sound_files().at(kFile), place, new_tag());
  EXPECT_TRUE(edit) << (edit ? "" : edit.error().message);
  const RecordedWiring recorded = wiring({cluster("a")});
  const engine::RemoteUrl repository(kUrl);
  engine::judge_effect({kFile, place, *edit, recorded, repository, "main"}, head);
  EXPECT_THAT(read, ElementsAre("clusters/a/apps.yaml", "clusters/a/source.yaml"));
}

}  // namespace
