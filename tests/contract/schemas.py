"""The schemas: valid, closed where they should be, everything described; and they judge the samples of arguments as the
names of their directories say (the C++ readers do the same in tests/unit/tools_arguments_test.cc). What people write has
an example with each description; results, which every client is sent and nobody writes, are described in a few words."""
import json
import pathlib
import re
import sys

try:
    from jsonschema import Draft202012Validator
except ImportError:
    print("python3-jsonschema with draft 2020-12 is not installed")
    sys.exit(77)

root = pathlib.Path(sys.argv[1])
TOOLS = ("resolve_tag", "lookup_service", "rollout", "rollback", "rollout_history", "rollout_status", "regenerate_services", "list_rwenvs", "set_rwenv", "add_rwenv")
# What every client's validator knows.
KEYWORDS = {
    "$schema", "$ref", "$defs", "title", "description", "type", "properties", "required", "additionalProperties", "items",
    "enum", "const", "pattern", "minimum", "maximum", "oneOf", "anyOf", "propertyNames",
}
problems = []


def load(name):
    return json.loads((root / "schemas" / name).read_text())


def check_description(value, place, example, defs):
    defined = defs.get(value.get("$ref", "").removeprefix("#/$defs/"), {})
    description = value.get("description", defined.get("description", ""))
    if "const" in value and not description:
        return
    if not description.endswith((".", ".\"")):
        problems.append(f"{place}: the description is no sentence: {description!r}")
    if "const" not in value and ("Example: " in description) != example:
        problems.append(f"{place}: the description has {'no' if example else 'an'} example")


def walk(schema, place, closed, example, defs):
    """Checks one schema and those in it."""
    for keyword in schema.keys() - KEYWORDS:
        problems.append(f"{place}: the keyword {keyword} is not one that every client knows")
    if "$ref" in schema and not schema["$ref"].startswith("#/$defs/"):
        problems.append(f"{place}: {schema['$ref']} is not local")
    properties = schema.get("properties", {})
    if closed and properties and schema.get("additionalProperties") is not False:
        problems.append(f"{place}: is not closed")
    for name in schema.get("required", []):
        if name not in properties:
            problems.append(f"{place}: requires {name}, which it does not describe")
    for name, value in properties.items():
        check_description(value, f"{place}/{name}", example, defs)
        walk(value, f"{place}/{name}", closed, example, defs)
    for keyword in ("items", "additionalProperties", "propertyNames"):
        if isinstance(schema.get(keyword), dict):
            walk(schema[keyword], f"{place}/{keyword}", closed, example, defs)
    for keyword in ("oneOf", "anyOf"):
        for index, value in enumerate(schema.get(keyword, [])):
            walk(value, f"{place}/{keyword}/{index}", closed, example, defs)
    for name, value in schema.get("$defs", {}).items():
        walk(value, f"{place}/$defs/{name}", closed, example, defs)


def check_samples(tool):
    validator = Draft202012Validator(load(f"{tool}.input.json"))
    for verdict in ("valid", "invalid"):
        files = sorted((root / "tests" / "data" / "tools" / tool / verdict).glob("*.json"))
        if len(files) < 4:
            problems.append(f"{tool}: only {len(files)} {verdict} samples")
        for file in files:
            if validator.is_valid(json.loads(file.read_text())) != (verdict == "valid"):
                problems.append(f"{file.relative_to(root)}: the schema says otherwise")


names = sorted(file.name for file in (root / "schemas").glob("*.json"))
expected = sorted([f"{tool}.{kind}.json" for tool in TOOLS for kind in ("input", "output")] + ["doctor.json", "envs.json", "import.json", "services.json"])
if names != expected:
    problems.append(f"schemas/ has {names}, expected are {expected}")

for name in names:
    schema = load(name)
    Draft202012Validator.check_schema(schema)
    if schema.get("type") != "object":
        problems.append(f"{name}: MCP demands an object at the top")
    walk(schema, name, closed=name not in ("envs.json", "services.json"), example=not name.endswith(".output.json"),
         defs=schema.get("$defs", {}))

# Every tool refuses alike. The codes are many, so one tool lists them and the others point to it.
refusals = {tool: load(f"{tool}.output.json")["$defs"]["refusal"] for tool in TOOLS}
codes = {tool: refusal["properties"].pop("code") for tool, refusal in refusals.items()}
if any(refusal != refusals["rollout"] for refusal in refusals.values()):
    problems.append("the tools describe different refusals")
in_engine = re.search(r"enum class Code \{(.*?)\}", (root / "engine" / "base" / "error.h").read_text(), re.DOTALL)
listed = codes.pop("rollout")["enum"]
if listed != re.findall(r"\w+", in_engine.group(1)):
    problems.append("the codes of refusals are not those of engine/base/error.h")
for tool, code in codes.items():
    if code != codes["rollback"] or "rollout" not in code["description"]:
        problems.append(f"{tool}: does not say where the codes are listed")
    problems.extend(f"{tool}: its schema does not admit the code {name}" for name in listed if not re.search(code["pattern"], name))

for tool in TOOLS:
    check_samples(tool)

print("\n".join(problems) or f"{len(names)} schemas are in order")
sys.exit(1 if problems else 0)
