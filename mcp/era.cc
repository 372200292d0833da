#include "mcp/era.h"

#include <string>
#include <utility>

namespace mcp {
namespace {

tl::unexpected<RpcError> bad_meta(std::string_view key, std::string_view problem) {
  return invalid_params("`_meta` member `" + std::string(key) + "` " + std::string(problem));
}

std::optional<RequestId> progress_token(const Json& params) {
  const Json* meta = member(params, "_meta");
  const Json* token = meta != nullptr ? member(*meta, "progressToken") : nullptr;
  return token != nullptr ? read_id(*token) : std::nullopt;
}

}  // namespace

std::string_view capability_for(std::string_view method) {
  if (method == "elicitation/create") {
    return "elicitation";
  }
  if (method == "sampling/createMessage") {
    return "sampling";
  }
  return method == "roots/list" ? "roots" : "";
}

bool RequestInfo::can_ask(std::string_view method) const {
  const std::string_view name = capability_for(method);
  const Json* capability = name.empty() ? nullptr : object_member(*capabilities, name);
  if (capability == nullptr) {
    return false;
  }
  if (name != "elicitation") {
    return true;
  }
  // Elicitation came with 2025-06-18; a client that names only `url` does not show forms.
  const bool known = version != kVersion2025March && version != kVersion2024;
  return known && (!capability->contains("url") || capability->contains("form"));
}

bool is_modern(const Json& params) {
  const Json* meta = member(params, "_meta");
  return meta != nullptr && member(*meta, kMetaVersion) != nullptr;
}

Result<RequestInfo> read_modern(const Json& params) {
  const Json* meta = object_member(params, "_meta");
  if (meta == nullptr) {
    return invalid_params("`_meta` is missing");
  }
  const std::string* version = string_member(*meta, kMetaVersion);
  if (version == nullptr) {
    return bad_meta(kMetaVersion, "is missing or no string");
  }
  if (*version != kModernVersion) {
    return failure(ErrorCode::unsupported_protocol_version, "Unsupported protocol version",
                   {{"supported", OrderedJson::array({kModernVersion})}, {"requested", *version}});
  }
  const Json* capabilities = object_member(*meta, kMetaCapabilities);
  if (capabilities == nullptr) {
    return bad_meta(kMetaCapabilities, "is missing or no object");
  }
  RequestInfo info;
  if (const Json* level = member(*meta, kMetaLogLevel)) {
    info.log_level = read_log_level(*level);
    if (!info.log_level) {
      return bad_meta(kMetaLogLevel, "is no log level");
    }
  }
  info.era = Era::modern;
  info.version = kModernVersion;
  info.capabilities = std::make_shared<const Json>(*capabilities);
  info.progress_token = progress_token(params);
  return info;
}

RequestInfo legacy_info(std::string_view version, std::shared_ptr<const Json> capabilities,
                        const Json& params) {
  RequestInfo info;
  info.version = version;
  info.capabilities = std::move(capabilities);
  info.progress_token = progress_token(params);
  return info;
}

}  // namespace mcp
