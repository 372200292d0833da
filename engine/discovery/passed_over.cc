#include "engine/discovery/passed_over.h"

#include <iterator>

namespace engine {
namespace {

constexpr std::size_t kMaxExamples = 10;

std::string counted(std::size_t number, const std::string& one, const std::string& several) {
  return std::to_string(number) + " " + (number == 1 ? one : several);
}

}  // namespace

// Keeps one more than are told, the first in order.
void PassedOver::count(Count& count, std::string_view example, std::size_t number) {
  count.number += number;
  count.examples.emplace(example);
  if (count.examples.size() > kMaxExamples + 1) {
    count.examples.erase(std::prev(count.examples.end()));
  }
}

std::string PassedOver::examples_of(const Count& count) {
  std::string out;
  std::size_t told = 0;
  for (const std::string& example : count.examples) {
    if (++told > kMaxExamples) {
      return out + " and more";
    }
    out += (out.empty() ? "" : ", ") + example;
  }
  return out;
}

void PassedOver::add_foreign(std::string_view name) {
  count(foreign_, name);
}

void PassedOver::add_pinned(std::string_view name) {
  count(pinned_, name);
}

void PassedOver::add_patched(std::string_view name) {
  count(patched_, name);
}

void PassedOver::add_values(std::string_view file, std::size_t tags) {
  count(values_, file, tags);
}

void PassedOver::add_unknown(std::string_view kind) {
  count(unknown_, kind);
}

std::vector<std::string> PassedOver::told(bool has_prefixes) const {
  std::vector<std::string> out;
  if (foreign_.number > 0) {
    const std::string images =
        counted(foreign_.number, "image is not offered: ", "images are not offered: ");
    const std::string names = foreign_.number == 1 ? "its name begins" : "their names begin";
    out.push_back(images +
                  (has_prefixes ? names + " with none of the rwenv's `imagePrefixes`: "
                                : "no tag of that name has the form of a rollout's "
                                  "(`imagePrefixes` of the rwenv says which images are yours): ") +
                  examples_of(foreign_));
  }
  if (pinned_.number > 0) {
    out.push_back(counted(pinned_.number, "image is", "images are") +
                  " pinned by digest, so a tag would change nothing: " + examples_of(pinned_));
  }
  if (patched_.number > 0) {
    out.push_back(counted(patched_.number, "image is", "images are") +
                  " set by inline patches of kustomizations, where a rollout cannot set a "
                  "tag: " +
                  examples_of(patched_));
  }
  if (values_.number > 0) {
    out.push_back(counted(values_.number, "image tag is", "image tags are") +
                  " in values files outside of any manifest (a rollout that names the file can "
                  "set one): " +
                  examples_of(values_));
  }
  if (unknown_.number > 0) {
    out.push_back(counted(unknown_.number, "object has an image and is",
                          "objects have images and "
                          "are") +
                  " of a kind that is not known: " + examples_of(unknown_));
  }
  return out;
}

}  // namespace engine
