"""The tables of docs/tools.md are those that scripts/tools-page makes of the schemas, and none is missing.

tools_page.py <root> checks the project; with --selftest it changes a copy of the schemas and the page in each way that
must be found, and fails unless it is."""
import importlib.machinery
import importlib.util
import json
import pathlib
import shutil
import sys
import tempfile

root = pathlib.Path(sys.argv[1])
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("tools_page", str(root / "scripts/tools-page"))
maker = importlib.util.module_from_spec(importlib.util.spec_from_loader("tools_page", loader))
loader.exec_module(maker)


def edit_schema(copy, name, change):
    file = copy / "schemas" / name
    schema = json.loads(file.read_text())
    change(schema)
    file.write_text(json.dumps(schema))


def without_block(copy):
    page = copy / maker.PAGE
    page.write_text(page.read_text().replace("<!-- result of rollout -->", "", 1))


PLANTED = {
    "another type": lambda copy: edit_schema(copy, "rollout.input.json", lambda s: s["properties"]["tag"].update(type="integer")),
    "a maximum": lambda copy: edit_schema(copy, "rollout.input.json", lambda s: s["properties"]["waitSeconds"].update(maximum=601)),
    "another argument": lambda copy: edit_schema(copy, "rollback.input.json", lambda s: s["properties"].update(absent={"type": "string", "description": "Absent."})),
    "a member that can be missing now": lambda copy: edit_schema(copy, "rollout.output.json", lambda s: s["$defs"]["result"]["required"].remove("status")),
    "a table that is missing": without_block,
    "a tool without tables": lambda copy: shutil.copy(copy / "schemas/rollback.input.json", copy / "schemas/absent.input.json"),
}


def selftest():
    for what, plant in PLANTED.items():
        with tempfile.TemporaryDirectory() as directory:
            copy = pathlib.Path(directory)
            shutil.copytree(root / "schemas", copy / "schemas")
            (copy / maker.PAGE).parent.mkdir()
            shutil.copy(root / maker.PAGE, copy / maker.PAGE)
            plant(copy)
            if not maker.problems_of(copy):
                yield f"not found: {what}"


problems = list(selftest()) if "--selftest" in sys.argv[2:] else maker.problems_of(root)
print("\n".join(problems) or f"the tables of {maker.PAGE} are those of the schemas")
sys.exit(1 if problems else 0)
