#include "json/json.h"

// The values were made with std::allocator, which is `new`.
// NOLINTBEGIN(cppcoreguidelines-owning-memory): the library's union owns what it points to
template <>
void nlohmann::json::json_value::destroy(value_t type) {
  switch (type) {
    case value_t::object:
      delete object;
      break;
    case value_t::array:
      delete array;
      break;
    case value_t::string:
      delete string;
      break;
    case value_t::binary:
      delete binary;
      break;
    default:
      break;
  }
}

template <>
void nlohmann::ordered_json::json_value::destroy(value_t type) {
  switch (type) {
    case value_t::object:
      delete object;
      break;
    case value_t::array:
      delete array;
      break;
    case value_t::string:
      delete string;
      break;
    case value_t::binary:
      delete binary;
      break;
    default:
      break;
  }
}
// NOLINTEND(cppcoreguidelines-owning-memory)

template class nlohmann::basic_json<>;
template class nlohmann::basic_json<nlohmann::ordered_map>;
