"""The plugin: its manifest is where clients read it and has the project's version; its skills name only tools, resources
and codes that there are, and explain all codes and all fields of the catalog. And what the MCP registry is told."""
import json
import pathlib
import re
import struct
import sys

root = pathlib.Path(sys.argv[1])
problems = []


def expect(condition, problem):
    if not condition:
        problems.append(problem)


def frontmatter(text):
    match = re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
    return dict(line.split(":", 1) for line in match.group(1).splitlines()) if match else {}


manifest = json.loads((root / ".claude-plugin" / "plugin.json").read_text())
marketplace = json.loads((root / ".claude-plugin" / "marketplace.json").read_text())
version = re.search(r"project\(rollout-mcp VERSION (\S+)", (root / "CMakeLists.txt").read_text()).group(1)
expect(manifest["version"] == version, f"plugin.json is version {manifest['version']}, the project {version}")
expect((root / "plugin.json").is_symlink() and (root / "plugin.json").resolve() == root / ".claude-plugin" / "plugin.json",
       "plugin.json is no symlink to .claude-plugin/plugin.json")
expect(not (root / ".claude-plugin" / "plugin.json").is_symlink(), ".claude-plugin/plugin.json must be a real file")
expect([plugin["name"] for plugin in marketplace["plugins"]] == [manifest["name"]], "the marketplace offers another plugin")
(server_name, server), = manifest["mcpServers"].items()
expect(server["command"].startswith("${CLAUDE_PLUGIN_ROOT}/"), "the server's command is not in the plugin")
expect(server.get("alwaysLoad") is True, "without alwaysLoad a model sees the tools' names only")

tools = {file.name.split(".")[0] for file in (root / "schemas").glob("*.input.json")}
codes = set(re.findall(r"\w+", re.search(r"enum class Code \{(.*?)\}", (root / "engine" / "base" / "error.h").read_text(), re.DOTALL).group(1)))
arguments = {name for tool in tools for name in json.loads((root / "schemas" / f"{tool}.input.json").read_text())["properties"]}
uris = set(re.findall(r'"(rollout://[^"]*)"', (root / "tools" / "resource_uris.h").read_text()))
known = tools | codes | arguments | {server_name}

skills = sorted((root / "skills").glob("*/SKILL.md"))
expect(len(skills) >= 2, "skills are missing")
for skill in skills:
    text = skill.read_text()
    head = frontmatter(text)
    name = skill.parent.name
    expect(head.get("name", "").strip() == name, f"{name}: the frontmatter's name differs, so /{name} would be unknown")
    shown = head.get("description", "") + head.get("when_to_use", "")
    expect(0 < len(shown) < 1535, f"{name}: description and when_to_use are cut at 1,535 characters")
    for tool in re.findall(r"mcp__(\S+)", head.get("allowed-tools", "")):
        prefix, _, called = tool.rpartition("__")
        expect(prefix == f"plugin_{manifest['name']}_{server_name}", f"{name}: allowed-tools names another server: {tool}")
        expect(called == "*" or called in tools, f"{name}: there is no tool {called}")
    for word in re.findall(r"`([a-z]+(?:_[a-z]+)+)`", text):
        expect(word in known, f"{name}: `{word}` is no tool, code or argument")
    for uri in re.findall(r"rollout://[^`\s]*", text):
        expect(uri in uris, f"{name}: there is no resource {uri}")



def first_column(text):
    """The names in the first column of a text's tables."""
    return [name for row in re.findall(r"^\| (`.*?) \|", text, re.MULTILINE) for name in re.findall(r"`([^`]+)`", row)]


rollout = (root / "skills" / "rollout" / "SKILL.md").read_text()
for phrase in ("/rollout", "rollout", "deploy tag", "update tag", "push tag"):
    expect(phrase in frontmatter(rollout)["when_to_use"], f"rollout: when_to_use lacks the phrase {phrase}")
expect("$ARGUMENTS" in rollout, "rollout: what the user typed is not handed on")
expect(sorted(first_column(rollout)) == sorted(codes), f"rollout: explains other codes: {set(first_column(rollout)) ^ codes}")
guide = (root / "skills" / "flux-infra-guide" / "SKILL.md").read_text()
catalog_schema = json.loads((root / "schemas" / "services.json").read_text())["$defs"]
fields = [*catalog_schema["service"]["properties"], *catalog_schema["imageGroup"]["properties"]]
expect(sorted(first_column(guide)) == sorted(fields), f"flux-infra-guide: explains other fields: {set(first_column(guide)) ^ set(fields)}")

for monitor in json.loads((root / "monitors" / "monitors.json").read_text()):
    name = monitor["name"]
    trigger, _, of_skill = monitor["when"].partition(f":{manifest['name']}:")
    expect(trigger == "on-skill-invoke" and root / "skills" / of_skill / "SKILL.md" in skills, f"monitor {name}: no skill starts it")
    script = re.search(r"\$\{CLAUDE_PLUGIN_ROOT\}/([^\"]+)", monitor["command"])
    expect(script and (root / script[1]).stat().st_mode & 0o111 == 0o111, f"monitor {name}: starts no program of the plugin")
    expect("user_config" not in monitor["command"], f"monitor {name}: no shell may get what a user typed")

icon = (root / ".claude-plugin" / "icon.png").read_bytes()
width, height = struct.unpack(">II", icon[16:24])
expect(icon.startswith(b"\x89PNG\r\n\x1a\n") and width == height and 512 <= width <= 2048, "the icon is no square PNG of 512 to 2048 pixels")

launcher = root / "bin" / "rollout-mcp"
expect(launcher.stat().st_mode & 0o111 == 0o111, "bin/rollout-mcp is not executable")
expect(launcher.read_text().startswith("#!/bin/sh\n# rollout-mcp launcher\n"), "bin/rollout-mcp does not know itself by its second line")

# What the schema that server.json names requires of one without packages.
registry = json.loads((root / "server.json").read_text())
expect(set(registry) == {"$schema", "name", "title", "description", "version"}, "server.json has other fields")
expect(re.fullmatch(r"https://static\.modelcontextprotocol\.io/schemas/\d{4}-\d\d-\d\d/server\.schema\.json", registry["$schema"]),
       "server.json names no schema of the registry")
expect(re.fullmatch(r"[a-zA-Z0-9.-]+/[a-zA-Z0-9._-]+", registry["name"]) and 3 <= len(registry["name"]) <= 200, "server.json: a bad name")
expect(1 <= len(registry["title"]) <= 100 and 1 <= len(registry["description"]) <= 100, "server.json: title or description is too long")
expect(registry["version"] == version, f"server.json is version {registry['version']}, the project {version}")

catalog = json.loads((root / "skills" / "flux-infra-guide" / "data" / "services.json").read_text())
expect(set(catalog) == {"services", "imageGroups"}, "the plugin's catalog has no services or image groups")

print("\n".join(problems) or f"the plugin {manifest['name']} {version} is in order, with {len(skills)} skills")
sys.exit(1 if problems else 0)
