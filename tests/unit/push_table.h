// A row of the push loop's table: what happens to a push, and what is to come of that.
#pragma once

#include <chrono>
#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "tests/support/scripted_remote.h"

namespace test {

enum class Fetch { before, meanwhile, over };  // where a head is known, the fetch's place
enum class Stop { never, before, in_edit, in_push, in_pause };  // requested then
enum class File { old, unchanged, refused, refused_once, refused_later, missing, warned };
enum class Blob { here, fetched, unreachable, broken };  // of a partial clone
enum class Signing { none, good, fails };

struct PushRow {
  const char* name;
  // What the remote says to each push, and what each fetch then shows: the last entry stays.
  std::vector<Push> pushes = {Push::taken};
  std::vector<Shown> then = {Shown::same};
  Fetch fetch = Fetch::before;
  Shown found = Shown::same;  // by a fetch that is not over before
  File file = File::old;
  Blob blob = Blob::here;
  Signing signing = Signing::none;
  Stop stop = Stop::never;
  bool dry_run = false;
  bool history_is_there = true;  // to be fetched whole
  bool work_tree_is_stale = false;
  std::chrono::seconds pause{0};  // that passes with each

  const char* result = "changed";  // or "unchanged", or the code of the error
  const char* says = "";           // the error, or the warnings
  int pushed = 1;
  int fetched = 0;
  int pauses = 0;
  std::size_t warnings = 0;
  int attempts = -1;      // that are told; those that were made
  const char* path = "";  // where it is not too long
};

// Plays the row, and fails where something else comes of it. Returns the transitions that the loop
// made: "pushing -> looking".
std::set<std::string> play(const PushRow& row);

// The table: of a head that was just fetched, and of one that is known while a fetch is under way.
std::vector<PushRow> push_rows();
std::vector<PushRow> optimistic_push_rows();

}  // namespace test
