#include "mcp/request_state.h"

#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

#include "json/parse.h"

namespace mcp {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kKeyBytes = 32;

const unsigned char* bytes(std::string_view text) {
  // OpenSSL takes bytes as unsigned char.
  return reinterpret_cast<const unsigned char*>(text.data());
}

// Base64 with the URL alphabet and without padding (RFC 4648 section 5).
std::string encode(std::string_view data) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : data) {
    bits = (bits << 8U) | static_cast<unsigned char>(c);
    count += 8;
    while (count >= 6) {
      count -= 6;
      out += kAlphabet[(bits >> static_cast<unsigned>(count)) & 63U];
    }
  }
  if (count > 0) {
    out += kAlphabet[(bits << static_cast<unsigned>(6 - count)) & 63U];
  }
  return out;
}

std::optional<std::string> decode(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) {
      return std::nullopt;
    }
    bits = (bits << 6U) | static_cast<std::uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>((bits >> static_cast<unsigned>(count)) & 255U);
    }
  }
  return out;
}

std::string random_key() {
  std::array<unsigned char, kKeyBytes> key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) {
    throw std::runtime_error("no random bytes for the key of requestState");
  }
  return {key.begin(), key.end()};
}

std::int64_t seconds(std::chrono::system_clock::time_point time) {
  return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

tl::unexpected<RpcError> refused(std::string_view why) {
  return tl::unexpected(
      RpcError{ErrorCode::invalid_params, "Invalid params: `requestState` " + std::string(why)});
}

}  // namespace

RequestState::RequestState(std::function<std::string()> key) : make_key_(std::move(key)) {}

std::string RequestState::seal(std::string_view request, const Json& answers,
                               std::chrono::system_clock::time_point now) {
  const Json payload = {
      {"request", request}, {"answers", answers}, {"expires", seconds(now + kLifetime)}};
  const std::string text = encode(json::dump(payload));
  return text + "." + tag(text);
}

Result<Json> RequestState::open(std::string_view request, const Json& state,
                                std::chrono::system_clock::time_point now) {
  const auto* text = state.get_ptr<const std::string*>();
  if (text == nullptr) {
    return refused("is no string");
  }
  const auto dot = text->rfind('.');
  if (dot == std::string::npos) {
    return refused("was not made by this server");
  }
  const std::string expected = tag(std::string_view(*text).substr(0, dot));
  const std::string_view given = std::string_view(*text).substr(dot + 1);
  if (given.size() != expected.size() ||
      CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0) {
    return refused("was not made by this server");
  }
  const auto payload = decode(std::string_view(*text).substr(0, dot));
  auto parsed = json::parse(payload.value_or(""));
  if (!parsed) {
    return refused("was not made by this server");
  }
  if (parsed->at("expires").get<std::int64_t>() < seconds(now)) {
    return refused("has expired");
  }
  if (parsed->at("request").get<std::string>() != request) {
    return refused("was made for another request");
  }
  return std::move(parsed->at("answers"));
}

std::string RequestState::identify(std::string_view method, const Json& params) {
  Json salient = {{"method", method}};
  for (const char* key : {"name", "uri", "arguments"}) {
    if (const Json* value = member(params, key)) {
      salient[key] = *value;
    }
  }
  const std::string text = json::dump(salient);
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(bytes(text), text.size(), digest.data());
  return encode(std::string(digest.begin(), digest.end()));
}

std::string RequestState::tag(std::string_view payload) {
  if (key_.empty()) {
    key_ = make_key_ ? make_key_() : random_key();
  }
  std::array<unsigned char, SHA256_DIGEST_LENGTH> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), bytes(payload), payload.size(),
       mac.data(), &size);
  return encode(std::string(mac.begin(), mac.end()));
}

}  // namespace mcp
