"""What is installed is whole: links of the documents of packaging/documents.txt lead to one another, the README that the
plugin and the bundle have leads nowhere that is not there, and ROLLOUT_MCP_REPOSITORY fills the fields for the project's
address, and none if it is empty. The tests of the packages follow the links in an installation itself."""
import json
import pathlib
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
from documents import FENCED, CODE, LINK, links_of  # noqa: E402

root = pathlib.Path(sys.argv[1])
ADDRESS = "https://github.com/acme/rollout-mcp"
KINDS = {"plugin": ".claude-plugin/plugin.json", "server": "server.json", "bundle": "packaging/bundle.json.in"}
EXPECTED = {
    "plugin": {"homepage": ADDRESS, "repository": ADDRESS},
    "bundle": {"homepage": ADDRESS, "repository": {"type": "git", "url": ADDRESS}},
    "server": {"websiteUrl": ADDRESS, "repository": {"url": ADDRESS, "source": "github"}},
}


def installed_files():
    lines = (root / "packaging/documents.txt").read_text().splitlines()
    return {pattern: {path.relative_to(root).as_posix() for path in root.glob(pattern)}
            for pattern in lines if pattern and not pattern.startswith("#")}


def check_links():
    found = installed_files()
    yield from (f"packaging/documents.txt: {pattern} is no file" for pattern, files in found.items() if not files)
    files = set().union(*found.values())
    count = 0
    for name in sorted(file for file in files if file.endswith(".md")):
        for target, path, _ in links_of(name, (root / name).read_text()):
            count += 1
            if path not in files:
                yield f"{name}: the link to {target} leads nowhere where the documents are installed"
    if count < 60:
        yield f"only {count} links were found"


def script(name, **variables):
    """What cmake says of a script: None if it is done."""
    command = ["cmake", *(f"-D{key}={value}" for key, value in variables.items()), "-P", root / name]
    answer = subprocess.run(command, capture_output=True, text=True)
    return None if answer.returncode == 0 else answer.stderr


def check_standalone(directory):
    """Links that are in the text of the README are in the copy as well, but only those to other addresses."""
    copy = directory / "README.md"
    for document in ("README.md", "CONTRIBUTING.md"):
        failed = script("packaging/standalone_document.cmake", INPUT=root / document, OUTPUT=copy, REPOSITORY=ADDRESS)
        if failed:
            yield failed
            continue
        text = CODE.sub("``", FENCED.sub("", copy.read_text()))
        yield from (f"{document}, as it stands alone, links to {target}" for target in LINK.findall(text)
                    if not target.startswith(("https:", "http:", "mailto:", "#")))
        if ADDRESS not in text:
            yield f"{document}, as it stands alone, does not say where the documents are"


def check_addresses(directory):
    for kind, file in KINDS.items():
        before, output = (root / file).read_bytes(), directory / f"{kind}.json"
        failed = script("cmake/Addresses.cmake", KIND=kind, INPUT=root / file, OUTPUT=output, ROLLOUT_MCP_REPOSITORY="")
        if failed or output.read_bytes() != before:
            yield f"{file}: without an address it does not stay as it is: {failed}"
        failed = script("cmake/Addresses.cmake", KIND=kind, INPUT=root / file, OUTPUT=output, ROLLOUT_MCP_REPOSITORY=ADDRESS)
        if failed or json.loads(output.read_text()) != {**json.loads(before), **EXPECTED[kind]}:
            yield f"{file}: the address is not in the fields {', '.join(EXPECTED[kind])}: {failed or output.read_text()}"
    for bad in ("http://example.com/x", "git@example.com:x.git", "https://example.com/\"x"):
        if not script("cmake/Addresses.cmake", KIND="plugin", INPUT=root / "plugin.json", OUTPUT=directory / "bad.json", ROLLOUT_MCP_REPOSITORY=bad):
            yield f"the address {bad} is accepted"


problems = list(check_links())
try:
    with tempfile.TemporaryDirectory() as temporary:
        problems += [*check_standalone(pathlib.Path(temporary)), *check_addresses(pathlib.Path(temporary))]
except FileNotFoundError as missing:
    print("\n".join(problems) or f"not checked: {missing}")
    sys.exit(1 if problems else 77)
print("\n".join(problems) or "what is installed leads to what is installed, and one variable says where the project is")
sys.exit(1 if problems else 0)
