#include "json/insert_member.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "json/object_text.h"
#include "json/parse.h"
#include "json/pointer.h"

namespace json {
namespace {

constexpr std::string_view kNull = "null";

// What stands between the parts of an object.
struct Layout {
  std::string open;       // between the brace and the first key
  std::string separator;  // between two members
  std::string colon;      // between a key and its value
  std::string close;      // between the last value and the brace
};

std::string part(std::string_view text, std::size_t begin, std::size_t end) {
  return std::string(text.substr(begin, end - begin));
}

bool has_lines(std::string_view space) {
  return space.find_first_of("\r\n") != std::string_view::npos;
}

// "\n" or "\r\n", and what a line of that layout begins with.
std::string line_end_of(std::string_view space) {
  if (space.find("\r\n") != std::string_view::npos) {
    return "\r\n";
  }
  return space.find('\n') != std::string_view::npos ? "\n" : "\r";
}
std::string indentation_of(std::string_view space) {
  const auto line = space.find_last_of("\r\n");
  return std::string(line == std::string_view::npos ? space : space.substr(line + 1));
}

// That of the objects of a file whose only object is empty.
Layout usual_layout(std::string_view text) {
  const std::string line = text.find("\r\n") == std::string_view::npos ? "\n" : "\r\n";
  return {line + "  ", "," + line + "  ", ": ", line};
}

// That of an object which has members. Of several the last says how the next one is written.
Layout layout_of(std::string_view text, const ObjectText& object) {
  const MemberText& last = object.members.back();
  Layout layout{.open = part(text, object.open + 1, object.members.front().key),
                .colon = part(text, last.key_end, last.value),
                .close = part(text, last.value_end, object.close)};
  if (object.members.size() > 1) {
    layout.separator = part(text, (object.members.end() - 2)->value_end, last.key);
  } else {
    layout.separator =
        "," + (layout.open.empty() && layout.colon.ends_with(' ') ? " " : layout.open);
  }
  return layout;
}

// That of an object which is a member's value in one of this layout.
Layout nested(const Layout& outer) {
  if (!has_lines(outer.open)) {
    const bool spaced = outer.colon.ends_with(' ');
    return {.open = "", .separator = spaced ? ", " : ",", .colon = outer.colon, .close = ""};
  }
  const std::string line = line_end_of(outer.open);
  const std::string indentation = indentation_of(outer.open);
  const std::string before = has_lines(outer.close) ? indentation_of(outer.close) : "";
  const bool deeper = indentation.size() > before.size() && indentation.starts_with(before);
  const std::string unit = deeper ? indentation.substr(before.size()) : "  ";
  const std::string open = line + indentation + unit;
  return {open, "," + open, outer.colon, line + indentation};
}

std::string written(const OrderedJson& value, const Layout& layout) {
  if (!value.is_object() || value.empty()) {
    return dump(value);
  }
  std::string out;
  for (const auto& [key, member] : value.items()) {
    out += out.empty() ? "{" + layout.open : layout.separator;
    out += dump(OrderedJson(key)) + layout.colon + written(member, nested(layout));
  }
  return out + layout.close + "}";
}

bool begins_object(std::string_view text, std::size_t at) {
  return at < text.size() && text[at] == '{';
}

// The layout of the last member's value that has members itself.
std::optional<Layout> layout_of_neighbour(std::string_view text, const ObjectText& object) {
  for (auto member = object.members.rbegin(); member != object.members.rend(); ++member) {
    if (begins_object(text, member->value)) {
      const ObjectText value = object_text(text, member->value);
      if (!value.members.empty()) {
        return layout_of(text, value);
      }
    }
  }
  return std::nullopt;
}

// That of an object or a null at `pointer` which has no members, by the one that it is in.
Layout layout_for_empty(std::string_view text, std::string_view pointer) {
  if (pointer.empty()) {
    return usual_layout(text);
  }
  const std::string_view outer = pointer.substr(0, pointer.rfind('/'));
  return nested(layout_of(text, object_text(text, offset_of(text, outer))));
}

}  // namespace

std::string insert_member(std::string_view text, std::string_view pointer, std::string_view key,
                          const OrderedJson& value) {
  const std::size_t begin = offset_of(text, pointer);
  const bool is_null = !begins_object(text, begin);
  const ObjectText object = is_null ? ObjectText{.open = begin} : object_text(text, begin);
  const bool is_empty = object.members.empty();
  const Layout layout = is_empty ? layout_for_empty(text, pointer) : layout_of(text, object);
  const auto neighbour = layout_of_neighbour(text, object);
  const std::string member = dump(OrderedJson(key)) + layout.colon +
                             written(value, neighbour ? *neighbour : nested(layout));
  std::string added;
  std::size_t at = 0;
  std::size_t rest = 0;
  if (is_null) {
    added = "{" + layout.open + member + layout.close + "}";
    at = begin;
    rest = begin + kNull.size();
  } else if (is_empty) {
    const bool closes = has_lines(text.substr(begin + 1, object.close - begin - 1));
    added = layout.open + member + (closes ? "" : layout.close);
    at = rest = begin + 1;
  } else {
    added = layout.separator + member;
    at = rest = object.members.back().value_end;
  }
  std::string out(text.substr(0, at));
  return out.append(added).append(text.substr(rest));
}

}  // namespace json
