// Makes edits for a program of another language: each line of standard input is an edit
// {"bytes", "imageName", "type"?, "path"?, "tag"}, each line of standard output what came of it:
// {"bytes"} or {"code", "message"}.
#include <iostream>
#include <string>

#include "engine/base/error.h"
#include "engine/manifest/edit.h"
#include "json/json.h"
#include "json/parse.h"
#include "tests/fuzz/require.h"

namespace {

Json answer(const Json& edit) {
  engine::TagLocation place;
  place.image_name = edit.at("imageName").get<std::string>();
  place.type = edit.value("type", place.type);
  if (edit.contains("path")) {
    place.path = edit.at("path").get<std::string>();
  }
  const auto tag = engine::ImageTag::parse(edit.at("tag").get<std::string>());
  fuzz::require(tag.has_value(), "not an image tag");
  const auto result =
      engine::set_image_tag("in.yaml", edit.at("bytes").get<std::string>(), place, *tag);
  if (!result) {
    return {{"code", engine::name(result.error().code)}, {"message", result.error().message}};
  }
  return {{"bytes", result->bytes}};
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto edit = json::parse(line);
    fuzz::require(edit.has_value(), "not JSON: " + line);
    std::cout << json::dump(answer(*edit)) << std::endl;
  }
  return 0;
}
