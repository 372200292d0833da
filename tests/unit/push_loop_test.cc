// The push loop by table, without git; and its states, as its header and the documents say them.
#include "engine/flux/push_loop.h"

#include <ostream>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/temporary_directory.h"
#include "tests/unit/push_table.h"

namespace test {

// Names the row in the test's output.
void PrintTo(const PushRow& row,
             std::ostream* out) {  // NOLINT(readability-identifier-naming): gtest's
  *out << row.name;
}

}  // namespace test

namespace {

using test::PushRow;
using testing::HasSubstr;

class Push : public testing::TestWithParam<PushRow> {};

TEST_P(Push, EndsAsItsRowSays) {
  test::play(GetParam());
}

std::string name_of(const testing::TestParamInfo<PushRow>& row) {
  return row.param.name;
}

INSTANTIATE_TEST_SUITE_P(OnAFetchedHead, Push, testing::ValuesIn(test::push_rows()), name_of);
INSTANTIATE_TEST_SUITE_P(OnAKnownHead, Push, testing::ValuesIn(test::optimistic_push_rows()),
                         name_of);

std::string source(const std::string& file) {
  return test::read_bytes(std::string(ROLLOUT_MCP_SOURCE) + "/" + file);
}

TEST(PushStates, LeadWhereTheTableInTheHeaderSays) {
  std::set<std::string> documented;
  std::istringstream header(source("engine/flux/push_loop.h"));
  const std::regex transition("//   (\\w+) +-> (\\w+)  .*");
  for (std::string line; std::getline(header, line);) {
    if (std::smatch match; std::regex_match(line, match, transition)) {
      documented.insert(match[1].str() + " -> " + match[2].str());
    }
  }
  std::set<std::string> made;
  for (const auto& rows : {test::push_rows(), test::optimistic_push_rows()}) {
    for (const PushRow& row : rows) {
      made.merge(test::play(row));
    }
  }
  EXPECT_EQ(made, documented);
}

TEST(PushStates, AreDrawnInTheDocuments) {
  using State = engine::PushLoop::State;
  const std::string page = source("docs/architecture.md");
  const auto begin = page.find("\n## The push\n");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = page.substr(begin, page.find("\n## ", begin + 1) - begin);
  for (const State state : {State::preparing, State::pushing, State::waiting, State::resolving,
                            State::looking, State::retrying, State::finished, State::failed}) {
    EXPECT_THAT(section, HasSubstr(std::string(engine::name(state))));
  }
}

}  // namespace
