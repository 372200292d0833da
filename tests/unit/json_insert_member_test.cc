#include <string>

#include <gtest/gtest.h>

#include "json/insert_member.h"
#include "json/object_text.h"
#include "json/parse.h"

namespace {

const OrderedJson kEntry = {{"fluxGitRepo", "https://git.example/f.git"}, {"readOnly", true}};

// `text` with the entry `new` among its rwenvs, which has to mean just that.
std::string added(const std::string& text, const std::string& pointer = "/rwenvs") {
  const std::string changed = json::insert_member(text, pointer, "new", kEntry);
  const auto before = json::parse_unique(text);
  const auto after = json::parse_unique(changed);
  EXPECT_TRUE(before && after) << changed;
  if (before && after) {
    Json expected = *before;
    Json& object = expected[Json::json_pointer(pointer)];
    if (object.is_null()) {
      object = Json::object();
    }
    object["new"] = Json::parse(kEntry.dump());
    EXPECT_EQ(expected, *after) << changed;
  }
  return changed;
}

TEST(InsertMember, IsLaidOutLikeItsNeighbour) {
  EXPECT_EQ(added("{\n"
                  "  \"version\": 1,\n"
                  "  \"rwenvs\": {\n"
                  "    \"dev\": {\n"
                  "      \"fluxGitRepo\": \"x\"\n"
                  "    }\n"
                  "  }\n"
                  "}\n"),
            "{\n"
            "  \"version\": 1,\n"
            "  \"rwenvs\": {\n"
            "    \"dev\": {\n"
            "      \"fluxGitRepo\": \"x\"\n"
            "    },\n"
            "    \"new\": {\n"
            "      \"fluxGitRepo\": \"https://git.example/f.git\",\n"
            "      \"readOnly\": true\n"
            "    }\n"
            "  }\n"
            "}\n");
  EXPECT_EQ(added(R"({"rwenvs":{"dev":{"fluxGitRepo":"x"}},"later":[{"a":"}"}]})"),
            R"({"rwenvs":{"dev":{"fluxGitRepo":"x"},"new":{"fluxGitRepo":)"
            R"("https://git.example/f.git","readOnly":true}},"later":[{"a":"}"}]})");
  EXPECT_EQ(added("{ \"rwenvs\": { \"dev\": { \"readOnly\": true, \"type\": \"k3s\" } } }"),
            "{ \"rwenvs\": { \"dev\": { \"readOnly\": true, \"type\": \"k3s\" }, \"new\": { "
            "\"fluxGitRepo\": \"https://git.example/f.git\", \"readOnly\": true } } }");
}

TEST(InsertMember, KeepsByteOrderMarkLineEndsAndTabs) {
  EXPECT_EQ(added("\xEF\xBB\xBF{\r\n\t\"rwenvs\" : {\r\n\t\t\"dev\" : {\r\n\t\t\t\"type\" : "
                  "\"k3s\"\r\n\t\t}\r\n\t}\r\n}"),
            "\xEF\xBB\xBF{\r\n\t\"rwenvs\" : {\r\n\t\t\"dev\" : {\r\n\t\t\t\"type\" : "
            "\"k3s\"\r\n\t\t},\r\n\t\t\"new\" : {\r\n\t\t\t\"fluxGitRepo\" : "
            "\"https://git.example/f.git\",\r\n\t\t\t\"readOnly\" : true\r\n\t\t}\r\n\t}\r\n}");
}

TEST(InsertMember, KeepsACommaThatBeginsALine) {
  EXPECT_EQ(added("{ \"rwenvs\":\n"
                  "  { \"a\": {}\n"
                  "  , \"b\": {}\n"
                  "  }\n"
                  "}\n"),
            "{ \"rwenvs\":\n"
            "  { \"a\": {}\n"
            "  , \"b\": {}\n"
            "  , \"new\": {\"fluxGitRepo\": \"https://git.example/f.git\", \"readOnly\": true}\n"
            "  }\n"
            "}\n");
}

TEST(InsertMember, OfAnEmptyObjectFollowsTheOneAround) {
  const std::string inside =
      "{\n"
      "        \"new\": {\n"
      "            \"fluxGitRepo\": \"https://git.example/f.git\",\n"
      "            \"readOnly\": true\n"
      "        }\n"
      "    }";
  EXPECT_EQ(added("{\n    \"rwenvs\": {}\n}\n"), "{\n    \"rwenvs\": " + inside + "\n}\n");
  EXPECT_EQ(added("{\n    \"rwenvs\": {\n    }\n}\n"), "{\n    \"rwenvs\": " + inside + "\n}\n");
  EXPECT_EQ(added("{\n    \"rwenvs\": null,\n    \"x\": 1\n}"),
            "{\n    \"rwenvs\": " + inside + ",\n    \"x\": 1\n}");
  EXPECT_EQ(added(R"({"rwenvs":{}})"),
            R"({"rwenvs":{"new":{"fluxGitRepo":"https://git.example/f.git","readOnly":true}}})");
}

TEST(InsertMember, OfTheWholeFileIsReadable) {
  const OrderedJson rwenvs = {{"dev", {{"type", "k3s"}}}};
  EXPECT_EQ(json::insert_member("{}\n", "", "rwenvs", rwenvs),
            "{\n"
            "  \"rwenvs\": {\n"
            "    \"dev\": {\n"
            "      \"type\": \"k3s\"\n"
            "    }\n"
            "  }\n"
            "}\n");
  EXPECT_EQ(json::insert_member("{\n  \"version\": 2\n}", "", "rwenvs", rwenvs),
            "{\n"
            "  \"version\": 2,\n"
            "  \"rwenvs\": {\n"
            "    \"dev\": {\n"
            "      \"type\": \"k3s\"\n"
            "    }\n"
            "  }\n"
            "}");
}

TEST(InsertMember, MindsWhatLooksLikeTheEnd) {
  added(R"({"rwenvs":{"a\"}":{"x":"}\\"},"b":[{"c":{}},"]"],"d":-1.5e3}})");
  added(R"({"rwenvs" : {"a" : null , "b" : true } } )");
  added("{\"a/b\":{\"rwenvs\":{}}}", "/a~1b/rwenvs");
}

TEST(ObjectText, SaysWhereEachPartIs) {
  const std::string text = R"(  { "a" : [1, {"}": "]"}] ,"b\"":2})";
  const json::ObjectText object = json::object_text(text, 2);
  ASSERT_EQ(object.members.size(), 2U);
  const auto part = [&](std::size_t begin, std::size_t end) {
    return text.substr(begin, end - begin);
  };
  EXPECT_EQ(part(object.members[0].key, object.members[0].key_end), R"("a")");
  EXPECT_EQ(part(object.members[0].value, object.members[0].value_end), R"([1, {"}": "]"}])");
  EXPECT_EQ(part(object.members[1].key, object.members[1].key_end), R"("b\"")");
  EXPECT_EQ(part(object.members[1].value, object.members[1].value_end), "2");
  EXPECT_EQ(object.close, text.size() - 1);
}

}  // namespace
