/**
 * `npm run bench`: Packyard beside nginx and Verdaccio on this machine, as ratios within one run. It judges nothing.
 * How to read it: docs/benchmarks.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../architecture/source.ts';
import { type Bench, openBench } from './bench.ts';
import { isThere } from './load/wrk.ts';
import { pinToLoadCore } from './machine/pinning.ts';
import { endAll } from './machine/processes.ts';
import { readOptions, usage } from './options.ts';
import { head, lines } from './report.ts';
import type { Fact } from './results.ts';
import { chosen } from './scenarios/index.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function main(): Promise<number> {
  const asked = readRequest();
  if (asked === null) return 1;
  const { options, scenarios } = asked;
  const missing = await missingPrograms();
  if (missing.length > 0) {
    say(`The bench needs ${missing.join(' and ')}: apt-get install ${missing.join(' ')}`);
    return 1;
  }
  build();
  const folder = await mkdtemp(path.join(tmpdir(), 'packyard-bench-'));
  const end = endOnSignals(folder);
  try {
    const pinning = pinToLoadCore();
    say(describe(pinning.pinned));
    const bench = await openBench(options, pinning, folder);
    const facts = await runAll(bench, scenarios);
    if (options.json !== null) await writeFile(options.json, `${JSON.stringify({ options, facts }, null, 2)}\n`);
    for (const { process: server } of bench.peers) await server.stop();
    await bench.storage.close();
    return 0;
  } finally {
    await end();
  }
}

function readRequest() {
  try {
    const options = readOptions(process.argv.slice(2));
    return { options, scenarios: chosen(options.only) };
  } catch (error) {
    process.stderr.write(`${reasonOf(error)}\n\n${usage}\n`);
    return null;
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function runAll(bench: Bench, scenarios: ReturnType<typeof chosen>): Promise<readonly Fact[]> {
  const facts: Fact[] = [];
  say(head());
  for (const scenario of scenarios) {
    const found = await scenario.run(bench);
    facts.push(...found);
    say(`${scenario.name}: ${scenario.about}\n${lines(found)}`);
  }
  return facts;
}

async function missingPrograms(): Promise<string[]> {
  const missing: string[] = [];
  for (const program of ['wrk', 'nginx']) if (!(await isThere(program))) missing.push(program);
  return missing;
}

function build(): void {
  const { status } = spawnSync(process.execPath, ['tools/build.mjs'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('Packyard does not build.');
}

function describe(pinned: boolean): string {
  const place = pinned
    ? 'The server has core 0, the load core 1.'
    : 'Server and load share the cores (taskset or a second core is missing): compare with nothing.';
  return `Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}. ${place}`;
}

/** Whatever ends the bench ends its servers and removes its folder. */
function endOnSignals(folder: string): () => Promise<void> {
  const end = async (): Promise<void> => {
    endAll();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      void end().finally(() => process.exit(130));
    });
  }
  process.once('exit', endAll);
  return end;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`The bench broke off: ${reasonOf(error)}\n`);
  process.exitCode = 1;
}
