import { join } from 'node:path';
import { size } from '../config/parsers.ts';
import { fsck } from '../jobs/fsck.ts';
import type { ExitCode, Invocation } from './invocation.ts';
import { CommandFailed } from './invocation.ts';
import { withStorage } from './storage.ts';
import type { Terminal } from './terminal.ts';

interface Options {
  readonly quick?: boolean;
  readonly repair?: boolean;
  readonly rate?: string;
}

export function run(invocation: Invocation<[], Options>): Promise<ExitCode> {
  const { terminal, options } = invocation;
  const rate = options.rate === undefined ? undefined : rateOption(options.rate);
  const say = options.json === true ? jsonSaying(terminal) : textSaying(terminal);
  return withStorage(invocation, async ({ config, database, blobs }) => {
    const quarantine = join(config.dataFolder, 'quarantine');
    const checked = await fsck({
      database,
      blobs,
      now: Date.now,
      quick: options.quick === true,
      grace: config.blobGraceHours * 3_600_000,
      rate,
      onFinding: say.finding,
      repair: options.repair === true ? { quarantine, onRepair: say.repaired } : undefined,
    });
    const { blobs: number, bytes, versions, problems, notices } = checked;
    terminal.tell(
      `Looked at ${versions} versions and ${number} blobs, read ${bytes} bytes: ${problems} problems, ${notices} notices.`,
    );
    return problems === 0 ? 0 : 1;
  });
}

interface Saying {
  readonly finding: (finding: { readonly kind: string; readonly level: string; readonly message: string }) => void;
  readonly repaired: (message: string) => void;
}

function jsonSaying(terminal: Terminal): Saying {
  return {
    finding: (finding) => terminal.print(JSON.stringify(finding)),
    repaired: (message) => terminal.print(JSON.stringify({ kind: 'repaired', message })),
  };
}

function textSaying(terminal: Terminal): Saying {
  return {
    finding: ({ kind, level, message }) => terminal.print(`${level} ${kind}: ${message}`),
    repaired: (message) => terminal.print(message),
  };
}

function rateOption(text: string): number {
  try {
    return Math.max(1, size(text));
  } catch (error) {
    throw new CommandFailed(`--rate ${error instanceof Error ? error.message : ''}.`, 2);
  }
}
