"""The mistakes of tests/mutants/*.toml, numbered from 1.

Each is a table [[mistake]]:
  file         a source of the product
  description  what the program then does wrong
  original     a text that the file has exactly once: an expression, or statements that end with ; or }
  mistake      what takes its place; may be empty for statements
  within       optional: a text that the file has exactly once; the original is looked for behind its start
"""

import dataclasses
import pathlib
import tomllib

PROJECT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = PROJECT / "build" / "mutants"


@dataclasses.dataclass
class Mistake:
    number: int
    file: str
    description: str
    original: str
    mistake: str
    within: str = ""

    def __str__(self):
        return f"{self.file}: {self.description}"


def read_mistakes():
    tables = []
    for listed in sorted(pathlib.Path(__file__).parent.glob("*.toml")):
        tables += tomllib.loads(listed.read_text())["mistake"]
    return [Mistake(number, **table) for number, table in enumerate(tables, 1)]
