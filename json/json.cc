#include "json/json.h"

namespace {

// The values were made with std::allocator, which is `new`.
// NOLINTBEGIN(cppcoreguidelines-owning-memory): the library's union owns what it points to
template <class Union>
void release(Union& value, Json::value_t type) {
  switch (type) {
    case Json::value_t::object:
      delete value.object;
      break;
    case Json::value_t::array:
      delete value.array;
      break;
    case Json::value_t::string:
      delete value.string;
      break;
    case Json::value_t::binary:
      delete value.binary;
      break;
    default:
      break;
  }
}
// NOLINTEND(cppcoreguidelines-owning-memory)

}  // namespace

template <>
void nlohmann::json::json_value::destroy(value_t type) {
  release(*this, type);
}

template <>
void nlohmann::ordered_json::json_value::destroy(value_t type) {
  release(*this, type);
}

template class nlohmann::basic_json<>;
template class nlohmann::basic_json<nlohmann::ordered_map>;
