// What regenerating the catalog passes over without naming each: counted, with a few examples, so
// that an empty catalog explains itself. Deterministic. For one thread.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace engine {

class PassedOver {
 public:
  // The name of an image that is not the team's own, as the rwenv's `imagePrefixes` say or not.
  void add_foreign(std::string_view name);
  // An image of a workload or of helm values that a digest pins.
  void add_pinned(std::string_view name);
  // An image of a workload that a patch sets which stands in a kustomization.
  void add_patched(std::string_view name);
  // A file of values with so many image tags.
  void add_values(std::string_view file, std::size_t tags);
  // An object with an image, of a kind that is not known.
  void add_unknown(std::string_view kind);

  // Sentences without a period.
  std::vector<std::string> told(bool has_prefixes) const;

 private:
  struct Count {
    std::size_t number = 0;
    std::set<std::string> examples;
  };
  static void count(Count& count, std::string_view example, std::size_t number = 1);
  static std::string examples_of(const Count& count);

  Count foreign_;
  Count pinned_;
  Count patched_;
  Count values_;
  Count unknown_;
};

}  // namespace engine
