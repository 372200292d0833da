// What most tests of the protocol stand on: a server with a tool for each thing that a handler can
// do, and a client of it in the same process.
#pragma once

#include <memory>
#include <utility>

#include <gtest/gtest.h>

#include "mcp/options.h"
#include "tests/protocol/test_server.h"
#include "tests/support/mcp_client.h"

namespace support {

class ProtocolTest : public ::testing::Test {
 protected:
  explicit ProtocolTest(mcp::Options options = {})
      : server_(test_server::make(gate_, std::move(options))) {}

  // A server that promises all that there is.
  static mcp::Options all_capabilities() {
    mcp::Options options;
    options.list_changed = true;
    options.subscribe = true;
    options.logging = true;
    return options;
  }

  std::shared_ptr<test_server::Latch> gate_ = std::make_shared<test_server::Latch>();
  std::unique_ptr<mcp::Server> server_;
  McpClient client_{*server_};
};

}  // namespace support
