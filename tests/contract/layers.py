"""Includes go downwards only: between layers, between rooms of engine/, to a layer's own libraries; modules have no cycles.

layers.py <root> checks the project; with --selftest it plants each kind of violation into a copy in memory and fails unless
each is found. docs/architecture.md says why the arrows are as they are."""
import functools
import pathlib
import posixpath
import re
import sys

# A layer: how many files it has at least (so that one that moved away is noticed), and the layers that it may include, all
# of them above it in this table.
LAYERS = {
    "locking": (2, set()),
    "json": (10, {"locking"}),
    "mcp": (20, {"locking", "json"}),
    "engine": (250, {"locking", "json"}),
    "tools": (30, {"locking", "json", "mcp", "engine"}),
    "cli": (30, {"locking", "json", "mcp", "engine", "tools"}),
}

# The same of a room of engine/. Its operations, which are in no folder, are the room "".
BASE = {"text", "base"}
ROOMS = {
    "text": (14, set()),
    "base": (30, {"text"}),
    "wiring": (2, BASE),
    "process": (8, BASE),
    "yaml": (14, BASE),
    "git": (32, BASE | {"process"}),
    "ssh": (12, BASE | {"process", "git"}),
    "checkout": (12, BASE | {"git"}),
    "config": (16, BASE | {"wiring", "process", "git", "checkout"}),
    "manifest": (25, BASE | {"yaml", "git"}),
    "effect": (10, BASE | {"wiring", "yaml", "git", "manifest"}),
    "discovery": (35, BASE | {"wiring", "yaml", "git", "manifest"}),
    "forge": (12, BASE | {"process", "git", "ssh"}),
    "cluster": (15, BASE | {"process", "config"}),
    "status": (4, BASE | {"cluster"}),
    "flux": (25, BASE | {"process", "git", "ssh", "manifest"}),
    "doctor": (5, BASE | {"wiring", "process", "git", "config", "manifest", "forge", "flux", "cluster"}),
    "": (10, BASE | {"wiring", "git", "config", "manifest", "effect", "discovery", "forge", "flux", "cluster", "status"}),
}

# Who may include the headers of a library; a whole layer, or a room of engine/.
LIBRARIES = {
    "nlohmann/": {"json"},
    "tl/": {"json", "mcp", "engine"},
    "asio": {"mcp", "engine/process"},
    "openssl/": {"mcp"},
    "git2": {"engine/git", "engine/checkout"},
    "yaml.h": {"engine/yaml"},
    "yaml-cpp/": {"engine/yaml"},
    "pcre2.h": {"engine/manifest"},
    "spdlog/": {"cli"},
    "CLI/": {"cli"},
    # Locks are those of locking/, which say what they guard; std::call_once and a sink of spdlog's need the standard's own.
    "mutex": {"locking", "engine/git", "cli"},
    "condition_variable": {"locking"},
    "shared_mutex": set(),
}
# Headers of C++ and of the system, which all may include.
SYSTEM = re.compile(r"[a-z0-9_]+|sys/\w+\.h|(dirent|fcntl|grp|malloc|poll|pwd|spawn|unistd)\.h")

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def room_of(path):
    """'git' of engine/git/lines.h, '' of engine/rollout.h; of another layer's file nothing."""
    layer, _, rest = path.partition("/")
    return rest.rpartition("/")[0] if layer == "engine" else None


def check_library(name, places):
    """What is wrong with <name> in a file of these places: its layer, and its room as engine/<room>."""
    for prefix, owners in LIBRARIES.items():
        if name.startswith(prefix):
            return None if owners & places else f"which is for {', '.join(sorted(owners))} only"
    return None if SYSTEM.fullmatch(name) else "which is no header of a known library"


def check_own(name, layer, room):
    """What is wrong with "name" in a file of this layer and room."""
    if "/" not in name:
        return "which has no folder: write it as seen from the project's directory"
    other = name.partition("/")[0]
    if other not in LAYERS[layer][1] | {layer}:
        return f"which {layer}/ must not know"
    other_room = room_of(name)
    if layer == other == "engine" and other_room != room and other_room not in ROOMS[room][1]:
        return f"which is no arrow of the rooms: {room or 'operations'} -> {other_room or 'operations'}"
    return None


@functools.cache
def includes_of(text):
    """(quote, name) of each include; the self-test asks of the same text hundreds of times."""
    return INCLUDE.findall(text)


def check_includes(files):
    for path, text in files.items():
        layer, room = path.partition("/")[0], room_of(path)
        if room is not None and room not in ROOMS:
            yield f"{path} is in no known room of engine/"
            continue
        for quote, name in includes_of(text):
            wrong = check_library(name, {layer, f"{layer}/{room}"}) if quote == "<" else check_own(name, layer, room)
            if wrong:
                yield f"{path} includes {name}, {wrong}"


def check_counts(files):
    for layer, (minimum, _) in LAYERS.items():
        count = sum(path.startswith(layer + "/") for path in files)
        if count < minimum:
            yield f"only {count} files of {layer}/ were found, of at least {minimum}"
    for room, (minimum, _) in ROOMS.items():
        count = sum(room_of(path) == room for path in files)
        if count < minimum:
            yield f"only {count} files of engine/{room} were found, of at least {minimum}"


def module_of(path):
    """A header and its source are one; a source without a header of its own is a module as well."""
    return path.rpartition(".")[0]


def check_cycles(files):
    """Goes down the includes of each module; one that is met again on its own path closes a cycle."""
    includes = {module_of(path): set() for path in files}
    for path, text in files.items():
        headers = {module_of(name) for quote, name in includes_of(text) if quote == '"' and name in files}
        includes[module_of(path)] |= headers - {module_of(path)}
    finished = set()

    def visit(module, path):
        if module in path:
            yield "modules include each other: " + " -> ".join([*path[path.index(module):], module])
        elif module not in finished:
            for other in sorted(includes[module]):
                yield from visit(other, [*path, module])
            finished.add(module)

    for module in includes:
        yield from visit(module, [])


def check_table(table):
    below = set()
    for name, (_, allowed) in table.items():
        for other in sorted(allowed - below):
            yield f"the arrow {name or 'operations'} -> {other} of {pathlib.Path(__file__).name} goes upwards"
        below.add(name)


def problems_of(files):
    return [*check_table(LAYERS), *check_table(ROOMS), *check_counts(files), *check_includes(files), *check_cycles(files)]


def read_files(root):
    """The sources of all layers, each by its path from the root."""
    found = (file for layer in LAYERS for file in sorted((root / layer).rglob("*")) if file.suffix in (".h", ".cc"))
    return {file.relative_to(root).as_posix(): file.read_text() for file in found}


def check_modules(modules):
    """What measures and what stands in for servers imports nothing of the tests."""
    for path, text in modules.items():
        for name in re.findall(r"^(?:import|export)\b.*'(\.[^']+)';$", text, re.MULTILINE):
            imported = posixpath.normpath(posixpath.join(posixpath.dirname(path), name))
            if imported.startswith("tests/"):
                yield f"{path} imports {imported}, which {path.partition('/')[0]}/ must not know"


def read_modules(root):
    """The JavaScript of bench/ and stand_ins/, each by its path from the root."""
    return {file.relative_to(root).as_posix(): file.read_text() for folder in ("bench", "stand_ins") for file in (root / folder).rglob("*.mjs")}


def violations(files):
    """Each as what is planted (text to add by file; None to remove it), and what has to be said of it."""
    some_file = {}
    for path in files:
        some_file.setdefault((path.partition("/")[0], room_of(path)), path)
    layer_file = {layer: path for (layer, _), path in reversed(some_file.items())}
    for layer, (_, allowed) in LAYERS.items():
        file = layer_file[layer]
        yield {file: '#include "planted.h"\n'}, f"{file} includes planted.h, which has no folder"
        yield {file: "#include <planted.h>\n"}, f"{file} includes planted.h, which is no header of a known library"
        for other in [*(LAYERS.keys() - allowed - {layer}), "tests", "bench"]:
            header = f"{other}/planted.h"
            yield {file: f'#  include "{header}"\n'}, f"{file} includes {header}, which {layer}/ must not know"
        yield {path: None for path in files if path.startswith(layer + "/")}, f"only 0 files of {layer}/ were found"
    for (layer, room), file in some_file.items():
        for library, owners in LIBRARIES.items():
            if not owners & {layer, f"{layer}/{room}"}:
                yield {file: f"#include <{library}>\n"}, f"{file} includes {library}, which is for "
    for room, (_, allowed) in ROOMS.items():
        file = some_file["engine", room]
        for other in ROOMS.keys() - allowed - {room}:
            header = f"engine/{other}/planted.h".replace("//", "/")
            yield {file: f'#include "{header}"\n'}, f"{file} includes {header}, which is no arrow of the rooms"
        yield {path: None for path in files if room_of(path) == room}, f"only 0 files of engine/{room} were found"
        yield {f"engine/{room}/attic/planted.h".replace("//", "/"): ""}, "attic/planted.h is in no known room of engine/"
    for layer, room in some_file:
        one, two, three = (f"{layer}/{room or ''}/planted_{name}".replace("//", "/") for name in ("1", "2", "3"))
        # By way of a source, whose header includes nothing, and back by headers alone.
        yield {f"{one}.h": "", f"{one}.cc": f'#include "{one}.h"\n#include "{two}.h"\n',
               f"{two}.h": f'#include "{three}.h"\n', f"{three}.h": f'#include "{one}.h"\n',
               }, f"modules include each other: {one} -> {two} -> {three} -> {one}"


def selftest(files):
    problems, count = [], 0
    for planted, message in violations(files):
        count += 1
        changed = {**files, **{path: files.get(path, "") + text for path, text in planted.items() if text is not None}}
        changed = {path: text for path, text in changed.items() if planted.get(path, "") is not None}
        if not any(message in problem for problem in problems_of(changed)):
            problems.append(f"not found: {message}")
    if not any(check_modules({"bench/planted.mjs": "import { x } from '../tests/e2e/planted.mjs';\n"})):
        problems.append("not found: a module that imports one of the tests")
    return problems, f"{count + 1} planted violations are found"


root = pathlib.Path(sys.argv[1])
files, modules = read_files(root), read_modules(root)
problems, praise = [*problems_of(files), *check_modules(modules)], f"{len(files) + len(modules)} files keep to their layers and rooms"
if not problems and "--selftest" in sys.argv:
    problems, praise = selftest(files)
print("\n".join(problems) or praise)
sys.exit(1 if problems else 0)
