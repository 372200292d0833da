// What a server offers, as its author writes it: tools, prompts, resources, completion. Handlers
// are plain functions that may block and must be safe to run on several threads at once; up to
// Limits::in_flight do. What they throw is logged and becomes an internal error.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <tl/expected.hpp>

#include "json/json.h"

namespace mcp {

// The levels of `logging/setLevel` and of the modern `logLevel`, least severe first (RFC 5424).
enum class LogLevel { debug, info, notice, warning, error, critical, alert, emergency };

// Something the client is asked for (`elicitation/create`, `sampling/createMessage`, `roots/list`):
// method and params.
struct InputRequest {
  std::string key;  // names the answer; unique within the request that is being served
  std::string method;
  OrderedJson params;
};

// What makes an answer count. In 2026-07-28 a client may send answers with its first request, to
// questions that nobody asked yet; `asked` takes an answer only from a client that was asked this
// very question (by its key) in the round before, as its sealed `requestState` proves. The older
// revisions always ask.
enum class AnswerTrust { none, asked };

// A client of an older revision was not there to answer, could not, or did so wrongly.
struct NotAnswered : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The URI of a root, which may be any text; else, of an entry that has none, what it is, in words.
using Root = tl::expected<std::string, std::string>;

// In the client's order; else, in words that follow "the client", why they are not known.
using Roots = tl::expected<std::vector<Root>, std::string>;

// The request that is being served. Thread-safe; valid until the handler returns.
class Context {
 public:
  virtual ~Context() = default;

  // Stop is requested when the client cancels, when it is gone, or when the server shuts down. A
  // callback registered with it must not use the Context.
  virtual std::stop_token stop_token() const = 0;
  // When the request came: what a handler has learnt since then, for any request, is as new as what
  // it would learn now.
  virtual std::chrono::steady_clock::time_point arrived() const = 0;
  // Tells the client how far the work is, if it asked to be told. `progress` has to grow.
  virtual void progress(double progress, std::optional<double> total, std::string_view message) = 0;
  // Sends a log message to the client, if it asked for this level.
  virtual void log(LogLevel level, std::string_view logger, OrderedJson data) = 0;

  // True if the client has declared that it answers requests of this method.
  virtual bool can_ask(std::string_view method) const = 0;
  // Asks the client, in the way of its era: by requests of ours in the older revisions, by
  // `input_required` in 2026-07-28. There this unwinds the handler the first time (by an exception
  // that only the server catches), and the handler runs again from its beginning when the answers
  // have come: so it asks before it changes anything. Returns the answers in the order of the
  // requests, each of the shape that its method prescribes; an accepted form has what its schema
  // requires. If the client lacks a capability or its answer is wrong, unwinds as well in
  // 2026-07-28, and in the older revisions throws NotAnswered, also on cancellation.
  //
  // `bound_to` names what the question is about beyond the request itself, such as what a file said
  // when it was asked; the client cannot read it. In 2026-07-28, answers to a question that was
  // bound to something else are refused. All questions of one request are bound to the same.
  virtual std::vector<Json> ask(std::vector<InputRequest> requests, AnswerTrust trust,
                                std::string_view bound_to) = 0;
  std::vector<Json> ask(std::vector<InputRequest> requests, AnswerTrust trust) {
    return ask(std::move(requests), trust, {});
  }
  // The client's roots, or why they are not known, as in "offers no roots". Asks the client, in the
  // way of its era, so that it may unwind the handler as ask() does; the key of the answer is
  // `roots`. Call it before ask(), of whose binding it is free. A client of an older revision that
  // did not answer in time is not asked again in its session until it says that its roots changed.
  virtual Roots roots() = 0;
  // True where each question ends the request, which the client then has to repeat (2026-07-28).
  virtual bool asking_ends_request() const = 0;
};

// What a tool answers. `content` is an array of content blocks.
struct ToolResult {
  OrderedJson content = OrderedJson::array();
  std::optional<OrderedJson> structured_content;
  bool is_error = false;
};

// The members of a tool's result as JSON text: for an answer that is given again and again, because
// writing it takes longer than the rest of a quick call. For any thread.
struct RenderedResult {
  std::shared_ptr<const std::string> members;
};
// Structured content has to be an object, as the revisions before 2026-07-28 want it. Throws
// std::bad_alloc.
RenderedResult render(const ToolResult& result);

using ToolAnswer = std::variant<ToolResult, RenderedResult>;

// A text content block, and a result of one.
inline OrderedJson text_content(std::string_view text) {
  return {{"type", "text"}, {"text", text}};
}
inline ToolResult text_result(std::string_view text) {
  ToolResult result;
  result.content.push_back(text_content(text));
  return result;
}

// A tool. `definition` is the entry of tools/list (name, title, description, inputSchema,
// outputSchema, annotations); it is called for each list and not before, so that starting costs
// nothing. `call` gets the arguments as they came (an object).
struct Tool {
  std::string name;
  std::function<OrderedJson()> definition;
  std::function<ToolAnswer(const Json& arguments, Context& context)> call;
  bool slow = false;  // may take minutes: gets three quarters of Limits::in_flight
};

// A prompt: `definition` as in prompts/list; `get` returns the whole result ({description,
// messages}). The server has checked that required arguments are there, and that all are ones of
// the definition and strings of at most 1024 bytes.
struct Prompt {
  std::string name;
  std::function<OrderedJson()> definition;
  std::function<OrderedJson(const Json& arguments, Context& context)> get;
};

// Resources of one kind: fixed ones (`list`) and, perhaps, a template. `read` returns the contents
// array, or nothing if there is no resource of that URI.
struct ResourceProvider {
  std::function<OrderedJson()> list;       // entries of resources/list
  std::function<OrderedJson()> templates;  // entries of resources/templates/list
  std::function<std::optional<OrderedJson>(std::string_view uri, Context& context)> read;
  // Whether the contents of that URI may be megabytes: then a few are read at once, and only as the
  // client takes what it is sent. May be empty: none are.
  std::function<bool(std::string_view uri)> large = {};
};

// How many values a client is given at most (MCP 2026-07-28, Completion).
inline constexpr std::size_t kMaxCompletions = 100;

// Best first. There may be 100,000, of which the first kMaxCompletions are enough.
struct Completions {
  std::vector<std::string> values;
  std::size_t total = 0;  // how many there are, where that is more than `values`
};

// Completes an argument of a prompt or of a resource template; nothing if `ref` names neither.
// `others` is an object with the arguments that the client has values of already.
using Completer = std::function<std::optional<Completions>(
    const Json& ref, std::string_view argument, std::string_view value, const Json& others,
    Context& context)>;

// What a server offers at one moment, in the order in which it was added.
struct Features {
  std::vector<Tool> tools;
  std::vector<Prompt> prompts;
  std::vector<ResourceProvider> providers;
  Completer completer;  // may be empty
};

// The one of that name; null if there is none.
template <class Feature>
const Feature* find(const std::vector<Feature>& list, std::string_view name) {
  const auto found = std::find_if(list.begin(), list.end(),
                                  [&](const Feature& feature) { return feature.name == name; });
  return found == list.end() ? nullptr : &*found;
}

// The lists that a client may be told have changed.
enum class Change { tools, prompts, resources };

}  // namespace mcp
