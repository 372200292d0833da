"""Tries each mistake on the tests that come to its place, and says which mistakes no test notices (scripts/mutants).

First all tests run without a mistake, and each records which places it comes to. Then each mistake is made in the tests
that come to its place, those that come to the fewest places first, until one fails. A test that takes far longer than it
did has failed, too."""

import collections
import concurrent.futures
import dataclasses
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from mistakes import BUILD, read_mistakes

LABELS = "^(unit|protocol|integration)$"
ASKED = 0.9
LONGEST = 120  # seconds for one mistake: a place that hundreds of slow tests come to
JOBS = int(os.environ.get("JOBS", os.cpu_count() or 2))


@dataclasses.dataclass
class Test:
    name: str
    command: list
    directory: str
    environment: dict
    skip_code: int
    seconds: float = 0.0
    reached: frozenset = frozenset()

    def run(self, variables, limit):
        """Whether the test passes."""
        process = subprocess.Popen(self.command, cwd=self.directory, env={**os.environ, **self.environment, **variables},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   process_group=0)
        try:
            return process.wait(limit) in (0, self.skip_code)
        except subprocess.TimeoutExpired:
            return False
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


def read_tests():
    command = ["ctest", "--test-dir", BUILD / "build", "-L", LABELS, "--show-only=json-v1"]
    listed = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
    for test in listed["tests"]:
        properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        environment = dict(variable.split("=", 1) for variable in properties.get("ENVIRONMENT", []))
        yield Test(test["name"], test["command"], properties["WORKING_DIRECTORY"], environment,
                   int(properties.get("SKIP_RETURN_CODE", 0)))


def record_reached(test, file):
    """Runs the test without a mistake; whether it passes. `file` is a name for what it comes to."""
    begin = time.monotonic()
    passed = test.run({"ROLLOUT_MCP_MUTANTS_REACHED": str(file)}, 300)
    test.seconds = time.monotonic() - begin
    if file.exists():
        test.reached = frozenset(int(line) for line in file.read_text().split())
    # What it does to files and descriptors may hold up the recording, too.
    return passed or test.run({}, 300)


def noticed_by(mistake, tests):
    """The first of the tests that fails with the mistake, None if all pass, or those that there is time for."""
    end = time.monotonic() + LONGEST
    for test in tests:
        if time.monotonic() > end:
            return None
        if not test.run({"ROLLOUT_MCP_MUTANT": str(mistake.number)}, 10 + 10 * test.seconds):
            return test
    return None


def wanted(mistake, words):
    return not words or any(word in str(mistake) for word in words)


def main():
    mistakes = [mistake for mistake in read_mistakes() if wanted(mistake, sys.argv[1:])]
    tests = list(read_tests())
    with tempfile.TemporaryDirectory() as directory, concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        files = [pathlib.Path(directory) / str(number) for number in range(len(tests))]
        passed = list(pool.map(record_reached, tests, files))
        failed = [test.name for test, good in zip(tests, passed) if not good]
        if failed:
            print("Without a mistake these tests fail already:", *failed, sep="\n  ", file=sys.stderr)
            return 2
        print(f"{len(tests)} tests pass without a mistake; {len(mistakes)} mistakes to try", flush=True)
        reaching = collections.defaultdict(list)
        for test in sorted(tests, key=lambda test: (len(test.reached), test.seconds)):
            for number in test.reached:
                reaching[number].append(test)
        found = pool.map(lambda mistake: noticed_by(mistake, reaching[mistake.number]), mistakes)
        unnoticed = []
        for mistake, test in zip(mistakes, found):
            print(f"{mistake.number:4}  {mistake}\n      {test.name if test else 'NOTHING'}", flush=True)
            if not test:
                unnoticed.append(mistake)
    noticed = len(mistakes) - len(unnoticed)
    print(f"\nNoticed: {noticed} of {len(mistakes)}")
    for mistake in unnoticed:
        reason = "" if reaching[mistake.number] else " (no test comes there)"
        print(f"  not  {mistake}{reason}")
    return 0 if noticed >= ASKED * len(mistakes) else 1


sys.exit(main())
