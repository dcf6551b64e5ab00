/**
 * Reads vitest's JSON report and prints `<passed> <failed>`, then a line for each failure. Anything that vitest calls an
 * error without naming a test (a file that doesn't load, a hook, an unhandled rejection, a crash) counts as one failure.
 *
 *     tsx tools/count-tests.ts report.json <vitest's exit code>
 */
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export interface Count {
  readonly passed: number;
  readonly failed: number;
  /** What failed, one line each. */
  readonly failures: readonly string[];
}

/** `report` is `null` when the run left none. */
export function count(report: Report | null, exitCode: number): Count {
  const failures: string[] = [];
  let passed = 0;
  for (const { name, status, assertionResults } of report?.testResults ?? []) {
    const failed = assertionResults.filter((one) => one.status === 'failed');
    passed += assertionResults.filter((one) => one.status === 'passed').length;
    failures.push(...failed.map(({ fullName }) => `${name}: ${fullName}`));
    if (status === 'failed' && failed.length === 0) failures.push(`${name}: the file itself`);
  }
  if (report === null) failures.push('no report: the run broke off');
  else if (passed + failures.length === 0) failures.push('no test ran');
  else if (exitCode !== 0 && failures.length === 0)
    failures.push(`vitest ended with ${exitCode}: an error outside of tests`);
  return { passed, failed: failures.length, failures };
}

function read(file: string): Report | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Report;
  } catch {
    return null;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { passed, failed, failures } = count(read(process.argv[2] ?? ''), Number(process.argv[3] ?? 0));
  process.stdout.write(`${passed} ${failed}\n${failures.map((line) => `${line}\n`).join('')}`);
}
