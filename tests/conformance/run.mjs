// Runs the official suite's required server scenarios against a stdio server, strictly: a warning
// counts as a failure, and so does anything that the bridge saw on the server's pipes.
//
//   node run.mjs <server command...>
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startBridge } from "./bridge.mjs";

const LONGEST_MESSAGE = 400; // the suite quotes whole messages
const REQUIRED = { "2026-07-28": 37, "2025-11-25": 30 };
const SUITE = join(dirname(fileURLToPath(import.meta.url)), "node_modules/@modelcontextprotocol/conformance");

// The scenarios that count: the suite's own list for the revision.
function requiredScenarios(revision) {
  const text = readFileSync(join(SUITE, "requirements", `${revision}.yaml`), "utf8");
  const section = /^server:\n((?:[ #].*\n|\n)+)/m.exec(text)[1];
  return section.split("\n").filter((line) => /^ {2}- /.test(line)).map((line) => line.slice(4).trim());
}

async function runSuite(url, revision, results) {
  const child = spawn(process.execPath,
    [join(SUITE, "dist/index.js"), "server", "--url", url, "--requirements", revision, "--output-dir", results],
    { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => { output += text; });
  const status = await new Promise((resolve) => child.on("exit", resolve));
  return { status, output };
}

// The checks of each scenario, by the name of its directory.
function readChecks(results) {
  const checks = new Map();
  for (const directory of readdirSync(results)) {
    const name = directory.replace(/^server-/, "").replace(/-\d{4}-\d\d-\d\dT.*$/, "");
    checks.set(name, JSON.parse(readFileSync(join(results, directory, "checks.json"), "utf8")));
  }
  return checks;
}

async function runRevision(command, revision) {
  const results = mkdtempSync(join(tmpdir(), "conformance-"));
  const bridge = await startBridge(command);
  const { status, output } = await runSuite(bridge.url, revision, results);
  await bridge.stop();
  const checks = readChecks(results);
  rmSync(results, { recursive: true });

  const required = requiredScenarios(revision);
  const problems = bridge.violations.map((violation) => `stdio: ${violation}`);
  if (required.length !== REQUIRED[revision]) problems.push(`${required.length} scenarios are required, expected were ${REQUIRED[revision]}`);
  let passed = 0;
  let succeeded = 0;
  for (const scenario of required) {
    const all = checks.get(scenario) ?? [];
    const bad = all.filter((check) => check.status === "FAILURE" || check.status === "WARNING");
    const good = all.filter((check) => check.status === "SUCCESS").length;
    succeeded += good;
    if (bad.length === 0 && good > 0) passed += 1;
    else if (all.length === 0) problems.push(`${scenario}: did not run`);
    else if (good === 0 && bad.length === 0) problems.push(`${scenario}: no check succeeded`);
    for (const check of bad) problems.push(`${scenario}: ${check.status} ${check.id}: ${(check.errorMessage ?? "").slice(0, LONGEST_MESSAGE)}`);
  }
  if (status !== 0) problems.push(`the suite ended with status ${status}`);
  console.log(`${revision}: ${passed} of ${required.length} scenarios, ${succeeded} checks succeeded, ${problems.length} problems`);
  for (const problem of problems) console.log(`  ${problem}`);
  if (status !== 0) console.log(output);
  return problems.length === 0;
}

const command = process.argv.slice(2);
if (command.length === 0) {
  console.error("usage: node run.mjs <server command...>");
  process.exit(2);
}
let good = true;
for (const revision of Object.keys(REQUIRED)) good = (await runRevision(command, revision)) && good;
process.exit(good ? 0 : 1);
