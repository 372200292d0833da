#include "tools/doctor.h"

#include <algorithm>
#include <string_view>

#include "tools/render.h"

namespace tools {
namespace {

using State = engine::DoctorCheck::State;

std::string_view name(State state) {
  switch (state) {
    case State::ok:
      return "ok";
    case State::note:
      return "note";
    case State::missing:
      return "missing";
    case State::skipped:
      return "skipped";
  }
  return {};
}

std::string_view mark(State state) {
  switch (state) {
    case State::ok:
      return "✓";
    case State::note:
      return "⚠";
    case State::missing:
      return "✗";
    case State::skipped:
      return "·";
  }
  return {};
}

// The hint on the check's own line, where a list's lines follow one another.
std::string hint_of(const engine::DoctorCheck& check, Reader reader) {
  std::string out;
  std::string_view rest = check.hint;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    out += rest.substr(0, end);
    rest.remove_prefix(end + 1);
    const bool stopped = out.ends_with(':') || out.ends_with('.');
    out += stopped ? " " : rest.starts_with('/') ? ", " : ". ";
  }
  return sanitize_line(out.append(rest), reader);
}

std::string line_of(const engine::DoctorCheck& check, std::size_t width, Reader reader) {
  std::string line = std::string(mark(check.state)) + " " + sanitize_line(check.name) +
                     std::string(width + 2 - check.name.size(), ' ');
  line += check.state == State::ok ? "ok: " : "";
  line += sanitize_line(check.message, reader);
  return check.hint.empty() ? line : line + " " + hint_of(check, reader);
}

}  // namespace

std::string report(const engine::DoctorReport& findings, Reader reader) {
  std::size_t width = 0;
  for (const engine::DoctorCheck& check : findings.checks) {
    width = std::max(width, check.name.size());
  }
  std::string out;
  for (const engine::DoctorCheck& check : findings.checks) {
    out += (out.empty() ? "" : "\n") + line_of(check, width, reader);
  }
  return truncate_with_notice(std::move(out));
}

OrderedJson structured(const engine::DoctorReport& findings, Reader reader) {
  OrderedJson out = OrderedJson::object();
  out["ready"] = findings.ready();
  OrderedJson& checks = out["checks"] = OrderedJson::array();
  for (const engine::DoctorCheck& check : findings.checks) {
    OrderedJson entry = OrderedJson::object();
    entry["name"] = check.name;
    entry["state"] = name(check.state);
    if (check.code) {
      entry["code"] = engine::name(*check.code);
    }
    entry["message"] = sanitize_line(check.message, reader);
    if (!check.hint.empty()) {
      entry["hint"] = hint_of(check, reader);
    }
    checks.push_back(std::move(entry));
  }
  out["report"] = report(findings, reader);
  return out;
}

std::string verdict(const engine::DoctorReport& findings) {
  std::string names;
  for (const std::string& missing : findings.missing()) {
    names += (names.empty() ? "" : ", ") + missing;
  }
  return names.empty() ? names : "Not ready for a rollout: " + names + ".";
}

}  // namespace tools
