# The MCP server of a plugin whose program is missing: reads one JSON-RPC message, writes the answer, if it gets one.
# Each tool that the plugin has is listed, and says when it is called what is missing and how to get it. The revisions
# are those of the program: 2026-07-28, which a request names itself, and those that begin with initialize. Environment:
#   message, hint   what is missing, how to get it      version   of the plugin      tools   their names, with spaces

# Reading. The parser walks over `text` with `at`; `broken` says that it is no JSON. What it meets is kept by its path:
# kind[path] ("string", "number", "object", ...) and raw[path], its text. A path is the names from the top, each after
# a "/" (in a name, "/" and "~" are written as JSON Pointer does).

function skip_space() {
  while (index(" \t\r\n", substr(text, at, 1)) && at <= length_of_text) at++
}

function read_string(    start, c) {
  start = at++
  while (at <= length_of_text) {
    c = substr(text, at, 1)
    if (c == "\"") {
      at++
      return substr(text, start, at - start)
    }
    if (c == "\\") {
      at++
      c = substr(text, at, 1)
      if (c == "u" ? substr(text, at + 1, 4) !~ /^[0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f][0-9A-Fa-f]$/ : !index("\"\\/bfnrt", c)) break
    } else if (c < " ") {
      break
    }
    at++
  }
  broken = 1
  return ""
}

# A name as it counts: `\u` escapes of ASCII are resolved, since "m\u0065thod" is "method". Others stay as they are.
function plain(string,    out, i, c, code) {
  string = substr(string, 2, length(string) - 2)
  if (!index(string, "\\")) return string
  out = ""
  for (i = 1; i <= length(string); i++) {
    c = substr(string, i, 1)
    if (c != "\\") {
      out = out c
      continue
    }
    c = substr(string, ++i, 1)
    if (c != "u") {
      out = out (index("\"\\/", c) ? c : "\\" c)
      continue
    }
    code = 16 * (index("0123456789abcdef", tolower(substr(string, i + 3, 1))) - 1) + \
           index("0123456789abcdef", tolower(substr(string, i + 4, 1))) - 1
    if (substr(string, i + 1, 2) == "00" && code >= 32 && code < 127) {
      out = out sprintf("%c", code)
    } else {
      out = out "\\u" substr(string, i + 1, 4)
    }
    i += 4
  }
  return out
}

function read_value(path, depth,    c, start, name, number) {
  skip_space()
  if (depth > 64) too_deep = broken = 1
  if (broken) return
  start = at
  c = substr(text, at, 1)
  if (c == "\"") {
    read_string()
    kind[path] = "string"
  } else if (c == "{" || c == "[") {
    kind[path] = c == "{" ? "object" : "array"
    at++
    skip_space()
    if (substr(text, at, 1) == (c == "{" ? "}" : "]")) {
      at++
    } else {
      for (number = 0; !broken; number++) {
        name = number
        if (c == "{") {
          skip_space()
          if (substr(text, at, 1) != "\"") broken = 1
          name = plain(read_string())
          gsub(/~/, "~0", name)
          gsub(/\//, "~1", name)
          skip_space()
          if (substr(text, at++, 1) != ":") broken = 1
        }
        read_value(path "/" name, depth + 1)
        skip_space()
        if (substr(text, at, 1) != ",") break
        at++
      }
      if (substr(text, at++, 1) != (c == "{" ? "}" : "]")) broken = 1
    }
  } else if (match(substr(text, at, 64), /^(true|false|null)/)) {
    kind[path] = "word"
    at += RLENGTH
  } else if (match(substr(text, at, 400), /^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/)) {
    at += RLENGTH
    kind[path] = substr(text, start, RLENGTH) ~ /^-?[0-9]+$/ ? "integer" : "number"
  } else {
    broken = 1
  }
  raw[path] = substr(text, start, at - start)
}

# Writing.

function quoted(string,    out, i, c) {
  out = ""
  for (i = 1; i <= length(string); i++) {
    c = substr(string, i, 1)
    if (c == "\"" || c == "\\") c = "\\" c
    else if (c < " ") c = sprintf("\\u%04x", index(controls, c))
    out = out c
  }
  return "\"" out "\""
}

function answer(member, value) {
  printf "{\"jsonrpc\":\"2.0\"%s,\"%s\":%s}\n", (id == "" ? "" : ",\"id\":" id), member, value
}

function fail(code, words, data) {
  answer("error", "{\"code\":" code ",\"message\":" quoted(words) (data == "" ? "" : ",\"data\":" data) "}")
}

# members: the result's, written. The newer revision wants to know more of every result.
function succeed(members, kept) {
  if (is_modern) {
    members = members (members == "" ? "" : ",") "\"resultType\":\"complete\"" (kept ? ",\"ttlMs\":0,\"cacheScope\":\"private\"" : "") \
              ",\"_meta\":{\"" meta "serverInfo\":" server_info "}"
  }
  answer("result", "{" members "}")
}

function list_tools(    names, count, i, out) {
  count = split(ENVIRON["tools"], names, " ")
  out = ""
  for (i = 1; i <= count; i++) {
    out = out (i == 1 ? "" : ",") "{\"name\":" quoted(names[i]) ",\"description\":" \
          quoted("Not available yet. " message " A call says how to get it.") ",\"inputSchema\":{\"type\":\"object\"}}"
  }
  succeed("\"tools\":[" out "]", 1)
}

function call_tool(    name) {
  if (kind["/params/name"] != "string") {
    fail(-32602, "Invalid params: `name` is missing or no string")
    return
  }
  name = plain(raw["/params/name"])
  if (name == "" || name ~ / / || !index(" " ENVIRON["tools"] " ", " " name " ")) {
    fail(-32602, "Invalid params: there is no such tool")
    return
  }
  succeed("\"content\":[{\"type\":\"text\",\"text\":" quoted(message "\n" hint) "}]," \
          "\"structuredContent\":{\"status\":\"refused\",\"code\":\"internal\",\"message\":" quoted(message) ",\"hint\":" quoted(hint) "}," \
          "\"isError\":true")
}

function describe(first) {
  succeed(first ",\"capabilities\":{\"tools\":{}}" (is_modern ? "" : ",\"serverInfo\":" server_info) \
          ",\"instructions\":" quoted(message " " hint), 1)
}

function initialize(    wanted) {
  if (kind["/params/protocolVersion"] != "string") {
    fail(-32602, "Invalid params: `protocolVersion` is missing or no string")
    return
  }
  wanted = plain(raw["/params/protocolVersion"])
  if (wanted !~ /^(2025-11-25|2025-06-18|2025-03-26|2024-11-05)$/) wanted = "2025-11-25"
  describe("\"protocolVersion\":" quoted(wanted))
}

# Whether the request may be answered in its revision; if not, it has been refused.
function revision_is_fine(    key) {
  key = "/params/_meta/io.modelcontextprotocol~1"
  is_modern = (key "protocolVersion") in kind
  if (!is_modern) return 1
  if (kind[key "protocolVersion"] != "string") {
    fail(-32602, "Invalid params: `_meta` member `" meta "protocolVersion` is no string")
  } else if (plain(raw[key "protocolVersion"]) != "2026-07-28") {
    fail(-32022, "Unsupported protocol version", "{\"supported\":[\"2026-07-28\"],\"requested\":" raw[key "protocolVersion"] "}")
  } else if (kind[key "clientCapabilities"] != "object") {
    fail(-32602, "Invalid params: `_meta` member `" meta "clientCapabilities` is missing or no object")
  } else {
    return 1
  }
  return 0
}

function serve(method) {
  if (method == "tools/list") list_tools()
  else if (method == "tools/call") call_tool()
  else if (method == "server/discover" && is_modern) describe("\"supportedVersions\":[\"2026-07-28\"]")
  else if (method == "server/discover") fail(-32602, "Invalid params: `_meta` is missing")
  else if (method == "initialize" && !is_modern) initialize()
  else if (method == "ping" && !is_modern) succeed("")
  else fail(-32601, "Method not found")
}

function handle() {
  text = $0
  length_of_text = length(text)
  at = 1
  read_value("", 0)
  skip_space()
  if (too_deep) {
    fail(-32600, "Invalid request: nested too deeply")
  } else if (broken || at <= length_of_text) {
    fail(-32700, "Parse error")
  } else if (kind[""] != "object") {
    fail(-32600, "Invalid request: a message is an object")
  } else if (!("/method" in kind) && (("/result" in kind) || ("/error" in kind))) {
    return # an answer, to nothing that was asked
  } else if (("/id" in kind) && kind["/id"] != "string" && kind["/id"] != "integer") {
    fail(-32600, "Invalid request: `id` is neither a string nor an integer")
  } else {
    id = raw["/id"]
    if (raw["/jsonrpc"] != "\"2.0\"") fail(-32600, "Invalid request: `jsonrpc` is not \"2.0\"")
    else if (kind["/method"] != "string") fail(-32600, "Invalid request: `method` is missing or no string")
    else if (id == "") return # a notification
    else if (("/params" in kind) && kind["/params"] != "object") fail(-32600, "Invalid request: `params` is no object")
    else if (revision_is_fine()) serve(plain(raw["/method"]))
  }
}

BEGIN {
  message = ENVIRON["message"]
  hint = ENVIRON["hint"]
  meta = "io.modelcontextprotocol/"
  server_info = "{\"name\":\"rollout-mcp\",\"version\":" quoted(ENVIRON["version"]) "}"
  for (i = 1; i < 32; i++) controls = controls sprintf("%c", i)
}

$0 !~ /^[ \t\r]*$/ { handle() }
