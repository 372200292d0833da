// What the requests of one connection have in common: the questions to its client, the states that
// the client keeps for it, and the functions that send. A connection and the handlers that it runs
// share it; each part is for any thread.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "json/json.h"
#include "json/parse.h"
#include "mcp/options.h"
#include "mcp/question_book.h"
#include "mcp/request_state.h"

namespace mcp {

// How a line is sent. An answer: together with others that are ready at the same moment. A message
// that a handler sends while it runs: at once. What a client can do without (progress, log
// messages): at once, and not at all while the client is slow to read.
enum class Delivery { answer, message, droppable };

// What a connection needs of the world. Called under its locks: must neither block nor call back.
struct Callbacks {
  std::function<void(std::string line, Delivery delivery)> send;
  std::function<void(std::function<void()> job)> run;  // soon, without the locks
  std::function<void()> changed;                       // crowded() may have changed
  std::function<void()> closed;                        // closed() is true from now on
  // Whether so much waits for the client to take it that large answers have to wait. May be
  // empty: never.
  std::function<bool()> full = {};
};

struct ConnectionState {
  // `its_options` must outlive it.
  ConnectionState(const Options& its_options, Callbacks its_callbacks)
      : options(its_options),
        callbacks(std::move(its_callbacks)),
        request_state(options.request_state_key),
        questions([this](const OrderedJson& message) { send(message); }, callbacks.changed) {}

  // Throws std::bad_alloc, and then sends nothing.
  void send(const OrderedJson& message, Delivery delivery = Delivery::message) const {
    callbacks.send(json::dump(message), delivery);
  }

  const Options& options;
  const Callbacks callbacks;
  RequestState request_state;
  SpentStates spent_states;
  QuestionBook questions;
};

}  // namespace mcp
