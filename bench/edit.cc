// What editing a manifest of some MiB costs beside parsing it once with yaml-cpp. Runs alternate,
// so that a noisy machine disturbs both alike. Prints JSON: by kind of manifest {parse: [ms], edit:
// [ms]}.
//
//   bench_edit [RUNS]
#include "engine/manifest/edit.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include <yaml-cpp/yaml.h>

namespace {

constexpr std::size_t kMebibyte = std::size_t{1} << 20U;

// Each kind is of what such files hold most: many entries, long texts, values in brackets.
struct Manifest {
  const char* title;
  std::string bytes;
};

std::string repeated(std::string text, const std::function<std::string(std::size_t)>& piece) {
  for (std::size_t i = 0; text.size() < kMebibyte; ++i) {
    text += piece(i);
  }
  return text;
}

std::vector<Manifest> manifests() {
  const std::string app = "images:\n- name: app\n  newTag: v1\n";
  return {
      {"many images", repeated(app,
                               [](std::size_t i) {
                                 return "- name: registry.example.com/team/service-" +
                                        std::to_string(i) + " # a comment\n  newTag: \"v1.2.3\"\n";
                               })},
      {"many images in brackets", repeated("images:\n- {name: app, newTag: v1}\n",
                                           [](std::size_t i) {
                                             return "- {name: 'service-" + std::to_string(i) +
                                                    "', newTag: v1.2.3}\n";
                                           })},
      {"many resources",
       repeated(app + "resources:\n",
                [](std::size_t i) { return "- apps/service-" + std::to_string(i) + ".yaml\n"; })},
      {"texts with line breaks",
       repeated(app + "patches:\n",
                [](std::size_t) {
                  return "- patch: |-\n    - op: replace\n      path: /spec/replicas\n      value: "
                         "3\n  target:\n    kind: Deployment\n";
                })},
      {"comments", repeated(app, [](std::size_t) { return "# one more line of a comment\n"; })},
  };
}

// Processor time of one run, in ms.
double cost(const std::function<void()>& work) {
  const std::clock_t begin = std::clock();
  work();
  return 1e3 * static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

void edit(const std::string& bytes) {
  engine::TagLocation place;
  place.image_name = "app";
  const auto result =
      engine::set_image_tag("in.yaml", bytes, place, *engine::ImageTag::parse("pr-1-0c0ffee"));
  if (!result || !result->changed) {
    throw std::runtime_error(result ? "nothing changed" : result.error().message);
  }
}

void print(const char* name, const std::vector<double>& samples, const char* end) {
  std::printf("\"%s\":", name);
  char separator = '[';
  for (const double sample : samples) {
    std::printf("%c%.3f", separator, sample);
    separator = ',';
  }
  std::printf("]%s", end);
}

void measure(int runs) {
  const char* separator = "{";
  for (const Manifest& manifest : manifests()) {
    std::vector<double> parsing;
    std::vector<double> editing;
    for (int i = 0; i < runs; ++i) {
      parsing.push_back(cost([&] { YAML::LoadAll(manifest.bytes); }));
      editing.push_back(cost([&] { edit(manifest.bytes); }));
    }
    std::printf("%s\"%s\":{", separator, manifest.title);
    print("parse", parsing, ",");
    print("edit", editing, "}");
    separator = ",";
  }
  std::printf("}\n");
}

}  // namespace

int main(int argc, char** argv) {
  try {
    measure(argc > 1 ? std::max(1, std::atoi(argv[1])) : 9);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_edit: %s\n", error.what());
    return 1;
  }
}
