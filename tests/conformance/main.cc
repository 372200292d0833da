// The server that the official conformance suite tests, over standard input and output: mcp/ with
// the suite's fixtures (scripts/conformance runs it).
#include <cstdio>
#include <string>
#include <unistd.h>
#include <utility>

#include "mcp/serve.h"
#include "tests/conformance/fixture.h"

int main() {
  mcp::Options options;
  options.implementation = {"conformance-server", "Conformance fixture", "1.0.0",
                            "The fixtures of the MCP conformance suite."};
  options.list_changed = true;
  options.subscribe = true;
  options.logging = true;
  options.log = [](mcp::LogLevel level, std::string_view text) {
    if (level >= mcp::LogLevel::warning) {
      const std::string line = std::string(text) + "\n";
      std::fputs(line.c_str(), stderr);
    }
  };
  mcp::Server server(std::move(options));
  fixture::add_simple_tools(server);
  fixture::add_input_tools(server);
  fixture::add_prompts(server);
  fixture::add_resources(server);
  return mcp::serve(server, STDIN_FILENO, STDOUT_FILENO);
}
