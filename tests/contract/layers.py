"""Each layer includes only what is below it: json < mcp, engine < tools; nobody includes what is not its own."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])

# What a directory must not include: other layers, and the libraries that belong to others.
FORBIDDEN = {
    "json": ("mcp/", "engine/", "tools/", "git2", "yaml-cpp", "yaml.h", "spdlog", "CLI/"),
    "mcp": ("engine/", "tools/", "git2", "yaml-cpp", "yaml.h", "spdlog", "CLI/"),
    "engine": ("mcp/", "tools/", "spdlog", "CLI/"),
    "tools": ("git2", "yaml-cpp", "yaml.h"),
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.MULTILINE)

problems = []
checked = 0
for layer, forbidden in FORBIDDEN.items():
    for file in sorted((root / layer).glob("*.[ch]*")):
        if file.suffix not in (".h", ".cc"):
            continue
        checked += 1
        for quote, name in INCLUDE.findall(file.read_text()):
            if name.startswith(forbidden):
                problems.append(f"{file.relative_to(root)} includes {name}, which {layer}/ must not know")
            if quote == '"' and "/" not in name:
                problems.append(f'{file.relative_to(root)}: write "{layer}/{name}"')

if checked < 20:
    problems.append(f"only {checked} files were found: is {root} the project?")
print("\n".join(problems) or f"{checked} files keep to their layers")
sys.exit(1 if problems else 0)
