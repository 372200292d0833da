#!/usr/bin/env python3
"""Spells lists of images and Helm values in the styles that YAML has, and checks that each edit gives the right bytes.

Usage: respell.py [--seed N] [--cases N] EDIT_LINES

The writer below knows where it writes the tag, so it writes each manifest twice, before and after; nothing is located.
PyYAML, which is no parser of the engine, confirms that both mean what they should. The same seed spells the same.
"""

import argparse
import json
import random
import subprocess
import sys

import yaml

NAMES = ["app", "ghcr.io/acme/app", "registry.example.com:5000/team/app", "größe/app", "app-worker", "x/app"]
OLD_PLAIN = ["v1", "latest", "1.0", "2024-01-02", "0123", "true", "0x1F", "1e3", "main-a1b2c3d", "a#b", "a'b",
             "x" * 300, "<TAG>", "v1.2.3-rc.1_x", "null-ish", "~1"]
OLD_QUOTED = OLD_PLAIN + ["", "a: b", "a #b", "größe", "null", " v1 ", "${TAG}", "{{ tag }}", "*x"]
NULLS = ["~", "null", "Null", "NULL"]
COMMENTS = ["# newTag: v0", '# {"$imagepolicy": "flux-system:app:tag"}', "# größe: — ✓", "#", "# name: app", "#\ttab"]


class Writer:
    """Text before and after the edit, written side by side."""

    def __init__(self):
        self.before = []
        self.after = []

    def both(self, text):
        self.before.append(text)
        self.after.append(text)

    def either(self, before, after):
        self.before.append(before)
        self.after.append(after)

    def texts(self):
        return "".join(self.before), "".join(self.after)


def chance(rng, probability):
    return rng.random() < probability


def quoted(rng, text, style):
    if style == "single":
        return "'" + text.replace("'", "''") + "'"
    characters = [{"\\": "\\\\", '"': '\\"'}.get(character, character) for character in text]
    if text and chance(rng, 0.1):
        at = rng.randrange(len(text))
        characters[at] = f"\\u{ord(text[at]):04x}"
    return '"' + "".join(characters) + '"'


class Style:
    """How one manifest is written."""

    def __init__(self, rng):
        self.rng = rng
        self.json = chance(rng, 0.12)
        self.tabs = chance(rng, 0.1)  # between tokens, where YAML allows them

    def gap(self, least=1):
        if self.json:
            return " " * self.rng.randint(0, 1) if least == 0 else " "
        pool = ["", " ", "  ", "    "] if least == 0 else [" ", " ", " ", "  ", "     "]
        gap = self.rng.choice(pool)
        return gap + "\t" if self.tabs and gap and chance(self.rng, 0.3) else gap

    def scalar(self, text, plain_allowed=True):
        if self.json:
            return json.dumps(text, ensure_ascii=chance(self.rng, 0.5))
        style = self.rng.choice(["plain", "plain", "single", "double"] if plain_allowed else ["single", "double"])
        return text if style == "plain" else quoted(self.rng, text, style)

    def key(self, text):
        if self.json:
            return json.dumps(text)
        return text if chance(self.rng, 0.8) else quoted(self.rng, text, self.rng.choice(["single", "double"]))

    def trailer(self):
        """What may follow a value on its line."""
        if chance(self.rng, 0.7):
            return ""
        if chance(self.rng, 0.3):
            return self.rng.choice([" ", "   ", "\t"])
        return self.rng.choice([" ", "  ", "\t"]) + self.rng.choice(COMMENTS)


def tag_value(style, tag, flow):
    """(before, after) of a tag's value with what is between the colon and it."""
    rng = style.rng
    kind = rng.choice(["plain"] * 6 + ["single"] * 2 + ["double"] * 3 + ["null", "empty"])
    properties = ""
    if not style.json and chance(rng, 0.12):
        properties = rng.choice(["&t ", "!!str ", "!!str &t ", "&t !!str ", "! ", "!<tag:yaml.org,2002:str> "])
        properties = properties.replace("&t", f"&t{rng.randrange(10**6)}")
    if style.json:
        old = rng.choice(OLD_QUOTED)
        value = rng.choice([json.dumps(old), json.dumps(old), "null", "1.5", "true"])
        gap = style.gap(0)
        return gap + value, gap + json.dumps(tag)
    if kind == "empty":
        if "!" in properties:
            properties = ""
        head = (" " + properties).rstrip()
        return (head + " " if flow else head), f"{head} {tag}" + (" " if flow else "")  # libyaml refuses "newTag:,"
    gap = style.gap() + properties
    if kind == "null":
        gap = gap.replace("!!str ", "").replace("! ", "").replace("!<tag:yaml.org,2002:str> ", "")
        return gap + rng.choice(NULLS), gap + tag
    if kind == "plain":
        old = rng.choice([text for text in OLD_PLAIN if not flow or not set(text) & set("{}[],")])
        return gap + old, gap + tag
    old = rng.choice(OLD_QUOTED)
    quote = "'" if kind == "single" else '"'
    return gap + quoted(rng, old, kind), gap + quote + tag + quote


def entry_keys(rng, name, new_name, has_tag):
    keys = [("name", name)]
    if new_name:
        keys.append(("newName", new_name))
    if has_tag:
        keys.append(("newTag", None))
    if chance(rng, 0.1):
        keys.append(("digest", ""))
    if chance(rng, 0.1):
        keys.append(("tagSuffix", "-x"))
    rng.shuffle(keys)
    return keys


def write_flow_entry(out, style, keys, tag, is_target, many_lines, indent):
    rng = style.rng
    has_tag = any(key == "newTag" for key, _ in keys)
    after = "newName" if any(key == "newName" for key, _ in keys) else "name"
    space = lambda: "\n" + " " * (indent + rng.randint(1, 4)) if many_lines and chance(rng, 0.6) else style.gap(0)
    out.both("{" + space())
    quoted_keys = style.json or chance(rng, 0.2)
    for number, (key, value) in enumerate(keys):
        if number:
            out.both("," + space())
        out.both((json.dumps(key) if quoted_keys else key) + ("" if chance(rng, 0.9) or style.json else " ") + ":")
        if key == "newTag":
            old, new = tag_value(style, tag, flow=True)
            out.either(old, new if is_target else old)
        else:
            gap = style.gap(0) if style.json else style.gap()
            out.both(gap + style.scalar(value, plain_allowed=value != ""))
        if is_target and not has_tag and key == after:
            quotes = quoted_keys
            out.either("", f', "newTag": "{tag}"' if quotes else f", newTag: {tag}")
    if not style.json and chance(rng, 0.15):
        out.both(style.gap(0) + ",")
    out.both(space() if not many_lines else style.gap(0))
    out.both("}")


def write_block_entry(out, style, keys, tag, is_target, indent):
    """After the dash and its gap; `indent` is the column of the keys."""
    rng = style.rng
    has_tag = any(key == "newTag" for key, _ in keys)
    after = "newName" if any(key == "newName" for key, _ in keys) else "name"
    for number, (key, value) in enumerate(keys):
        if number:
            while chance(rng, 0.12):
                out.both(rng.choice(["\n", "  \n", " " * rng.randint(0, 9) + rng.choice(COMMENTS) + "\n"]))
            out.both(" " * indent)
        explicit = chance(rng, 0.04) and not style.tabs  # libyaml refuses a tab after that colon
        if explicit:
            out.both("? " + style.key(key) + "\n" + " " * indent + ":")
        else:
            out.both(style.key(key) + ("" if chance(rng, 0.93) else " ") + ":")
        if key == "newTag":
            old, new = tag_value(style, tag, flow=False)
            out.either(old, new if is_target else old)
        elif chance(rng, 0.04):
            out.both(style.gap(0) + "\n" + " " * (indent + rng.randint(1, 3)) + style.scalar(value, value != ""))
        else:
            out.both(style.gap() + style.scalar(value, plain_allowed=value != ""))
        trailer = style.trailer()
        out.both((trailer.replace("\t", " ") if explicit else trailer) + "\n")
        if is_target and not has_tag and key == after:
            out.either("", " " * indent + f"newTag: {tag}\n")


def write_images(out, style, entries, target, tag):
    """The key `images` and its list, up to the end of a line."""
    rng = style.rng
    out.both(style.key("images") + ("" if chance(rng, 0.95) else " ") + ":")
    form = rng.choice(["block"] * 5 + ["flow", "flow lines"])
    if form != "block":
        lines = form == "flow lines"
        space = lambda: "\n" + " " * rng.randint(1, 4) if lines else style.gap(0)
        out.both(style.gap() + "[" + space())
        for number, (name, new_name, has_tag) in enumerate(entries):
            if number:
                out.both("," + space())
            write_flow_entry(out, style, entry_keys(rng, name, new_name, has_tag), tag, name == target, lines, 2)
        out.both((space() if lines else "") + "]" + style.trailer() + "\n")
        return
    out.both(style.trailer() + "\n")
    indent = rng.choice([0, 0, 2, 2, 1, 4, 3])
    for name, new_name, has_tag in entries:
        while chance(rng, 0.15):
            out.both(rng.choice(["\n", " \n", " " * rng.randint(0, 6) + rng.choice(COMMENTS) + "\n"]))
        keys = entry_keys(rng, name, new_name, has_tag)
        out.both(" " * indent + "-")
        if chance(rng, 0.15):
            out.both(" ")
            write_flow_entry(out, style, keys, tag, name == target, chance(rng, 0.3), indent + 2)
            out.both(style.trailer() + "\n")
        elif chance(rng, 0.08):
            column = indent + rng.randint(1, 4)
            out.both(style.trailer().replace("\t", " ") + "\n" + " " * column)  # libyaml refuses a tab there
            write_block_entry(out, style, keys, tag, name == target, column)
        else:
            gap = rng.choice([1, 1, 1, 1, 3])
            out.both(" " * gap)
            write_block_entry(out, style, keys, tag, name == target, indent + 1 + gap)


def write_others(out, style, count):
    """Other keys, among them decoys; each up to the end of a line."""
    rng = style.rng
    decoys = [
        "resources:\n- ../base\n- app.yaml # newTag: v1\n",
        "namespace: größe\n",
        "commonLabels:\n  version: &version v1\n  images: x\n",
        "patches:\n- patch: |-\n    images:\n    - name: app\n      newTag: v1\n  target: {kind: Deployment}\n",
        "configMapGenerator:\n- name: app\n  literals: [newTag=v1, 'name: app']\n",
        "replacements:\n  - source:\n      images:\n        - name: app\n          newTag: v1\n",
        "labels: &l {a: 1}\nannotations:\n  <<: *l\n",
        "long: " + "word " * 400 + "\n",
        "x: >+\n  folded\n\n  newTag: v1\n\n",
        "\n", "# images:\n#   - name: app\n#     newTag: v1\n",
        '"quoted key": "over\n  two lines # no comment"\n',
        "? complex\n: - 1\n  - 2\n",
        "empty:\n", "tilde: ~\n",
    ]
    for text in rng.sample(decoys, count):
        out.both(text)


def write_json(out, style, entries, target, tag):
    rng = style.rng
    pretty = chance(rng, 0.6)
    line = lambda depth: "\n" + ("\t" if style.tabs else "  ") * depth if pretty else ""
    out.both("{" + line(1))
    if chance(rng, 0.7):
        out.both('"kind":' + style.gap(0) + '"Kustomization",' + line(1))
    out.both('"images":' + style.gap(0) + "[")
    for number, (name, new_name, has_tag) in enumerate(entries):
        out.both(("," if number else "") + line(2))
        write_flow_entry(out, style, entry_keys(rng, name, new_name, has_tag), tag, name == target, False, 4)
    out.both(line(1) + "]" + line(0) + "}\n")


def spell(rng):
    """(before, after, image, tag, None) of a kustomization."""
    style = Style(rng)
    out = Writer()
    tag = f"pr-{rng.randint(1, 99999)}-{rng.randrange(16**7):07x}"
    names = rng.sample(NAMES, rng.randint(1, 4))
    target = rng.choice(names)
    names += [target] if chance(rng, 0.08) else []
    entries = [(name, rng.choice([None, None, "mirror/" + name]), chance(rng, 0.75)) for name in names]
    if style.json:
        write_json(out, style, entries, target, tag)
    else:
        head = rng.choice(["", "", "", "---\n", "--- # first\n", "# head\n\n---\n", "%YAML 1.1\n---\n",
                           "kind: Namespace\nmetadata: {name: app}\n---\n", "# only a comment\n"])
        out.both(head)
        out.both(rng.choice(["", "kind: Kustomization\n"]) if "Namespace" not in head else "kind: Kustomization\n")
        first = rng.randint(0, 3)
        write_others(out, style, first)
        write_images(out, style, entries, target, tag)
        if chance(rng, 0.6):
            out.both("apiVersion: kustomize.config.k8s.io/v1beta1\n")
        another = "---\nkind: ConfigMap\nimages:\n- name: app\n  newTag: v1\n"
        out.both(rng.choice(["", "", "", "...\n", "---\n", another, "\n\n"]))
    return *finish(rng, out), target, tag, None


def finish(rng, out):
    """(before, after) with the ends of lines, and of the file, that it may have."""
    before, after = out.texts()
    if chance(rng, 0.15) and not before.endswith("\n\n"):
        before, after = before[:-1], after[:-1]
    if chance(rng, 0.2):
        before, after = before.replace("\n", "\r\n"), after.replace("\n", "\r\n")
    if chance(rng, 0.1):
        before, after = "\ufeff" + before, "\ufeff" + after
    return before, after


# Where values hold a tag: the keys on the way, and a path for them; none is the default's.
PLACES = [
    (["image", "tag"], None), (["image", "tag"], ".image.tag"), (["image", "tag"], "image.tag"),
    (["größe", "a.b", "tag"], '.größe["a.b"].tag'), (["a b", "tag"], ".a b.tag"),
    (["x", "y", "z", "image", "tag"], ".x.y.z.image.tag"),
    (["list", 1, "tag"], ".list[1].tag"), (["list", 1, "tag"], ".list[name=one].tag"), (["list", 0], "list[0]"),
]


def write_value_at(out, style, keys, tag, indent):
    """The mapping or list that leads to the tag, from the beginning of a line up to the end of one."""
    rng = style.rng
    key, rest = keys[0], keys[1:]
    if isinstance(key, int):
        for number in range(key + 1):
            out.both(" " * indent + "- ")
            if number < key or not rest:
                other = ("{tag: v0}", "{tag: v0}")
                old, new = other if rest or number < key else tag_value(style, tag, flow=False)
                out.either(old.strip() or "~", new.strip())
                out.both("\n")
                continue
            out.both("name: one\n")
            write_value_at(out, style, rest, tag, indent + 2)
        return
    others = ["replicas: 2\n", "# tag: v1\n", "\n", "text: |\n" + " " * indent + "  tag: v1\n"]
    for other in rng.sample(others, rng.randint(0, 2)):
        out.both(" " * indent + other if other.strip() else other)
    out.both(" " * indent + style.key(key) + ":")
    if not rest:
        out.either(*tag_value(style, tag, flow=False))
        out.both(style.trailer() + "\n")
    elif len(rest) == 1 and rest != [0] and chance(rng, 0.3):
        out.both(style.gap() + "{repository: app," + style.gap() + style.key(rest[0]) + ":")
        out.either(*tag_value(style, tag, flow=True))
        out.both(style.gap() + "}" + style.trailer() + "\n")
    else:
        out.both(style.trailer() + "\n")
        list_follows = isinstance(rest[0], int)
        write_value_at(out, style, rest, tag, indent + rng.randint(0 if list_follows else 1, 4))
    if chance(rng, 0.3):
        out.both(" " * indent + "last: {tag: v1}\n")


def spell_values(rng):
    """The same for a HelmRelease or a file of values, with the path."""
    style = Style(rng)
    style.json = False
    out = Writer()
    tag = f"pr-{rng.randint(1, 99999)}-{rng.randrange(16**7):07x}"
    keys, path = rng.choice(PLACES)
    if chance(rng, 0.5):
        out.both(rng.choice(["", "---\n", "kind: Namespace\nmetadata: {name: x}\n---\n"]))
        out.both("kind: HelmRelease\nmetadata:\n  name: app\n")
        keys = ["spec", "values"] + keys
        path = path and ".spec.values" + (path if path.startswith(".") else "." + path)
    write_value_at(out, style, keys, tag, 0)
    return *finish(rng, out), "app", tag, (keys, path)


def documents(text):
    """What PyYAML reads, every scalar as a text, so that a tag like 1.0 is no number."""
    return list(yaml.load_all(text.removeprefix("\ufeff"), Loader=yaml.CBaseLoader))


def set_tags(documents, image, tag):
    """What kustomizations must be afterwards."""
    for document in documents:
        if isinstance(document, dict) and document.get("kind", "Kustomization") == "Kustomization":
            for entry in document.get("images") or []:
                if entry.get("name") == image:
                    entry["newTag"] = tag
    return documents


def set_value(documents, keys, tag):
    """What values must be afterwards."""
    parent = documents[-1]
    for key in keys[:-1]:
        parent = parent[key]
    parent[keys[-1]] = tag
    return documents


def case_of(rng):
    """(before, after, edit), confirmed by PyYAML."""
    before, after, image, tag, place = spell(rng) if chance(rng, 0.7) else spell_values(rng)
    edit = {"bytes": before, "imageName": image, "tag": tag}
    if place:
        keys, path = place
        edit |= {"type": "helm-values"} | ({"path": path} if path else {})
        meant = set_value(documents(before), keys, tag)
    else:
        meant = set_tags(documents(before), image, tag)
    if meant != documents(after):
        sys.exit(f"this script spells wrongly\n{before}\n--- after:\n{after}")
    return before, after, edit


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=3000)
    parser.add_argument("program")
    options = parser.parse_args()
    editor = subprocess.Popen([options.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    problems = 0
    for number in range(options.cases):
        before, after, edit = case_of(random.Random(options.seed * 1000003 + number))
        editor.stdin.write(json.dumps(edit).encode() + b"\n")
        editor.stdin.flush()
        answer = json.loads(editor.stdout.readline())
        if answer.get("bytes") != after:
            problems += 1
            edit.pop("bytes")
            print(f"case {number}, {edit}\n--- before:\n{before}\n--- expected:\n{after}")
            print(f"--- got:\n{answer.get('bytes', answer)}\n")
            if problems == 5:
                break
    editor.stdin.close()
    if editor.wait() != 0 or problems:
        sys.exit(1)
    print(f"{options.cases} spellings, each edited byte for byte (seed {options.seed})")


if __name__ == "__main__":
    main()
