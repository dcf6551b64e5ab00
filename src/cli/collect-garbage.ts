import { collectGarbage } from '../jobs/collect-garbage.ts';
import { durationOption } from './durations.ts';
import type { ExitCode, Invocation } from './invocation.ts';
import { withStorage } from './storage.ts';

interface Options {
  readonly dryRun?: boolean;
  readonly grace?: string;
}

export function run(invocation: Invocation<[], Options>): Promise<ExitCode> {
  const { terminal, options } = invocation;
  const given = options.grace === undefined ? null : durationOption('--grace', options.grace);
  return withStorage(invocation, async ({ config, database, blobs }) => {
    let failures = 0;
    const collected = await collectGarbage({
      database,
      blobs,
      now: Date.now,
      grace: given ?? config.blobGraceHours * 3_600_000,
      dryRun: options.dryRun === true,
      onGarbage: (garbage) => {
        const { sha256, size, reason } = garbage;
        terminal.print(options.json === true ? JSON.stringify(garbage) : `${sha256}  ${size} bytes, ${reason}`);
      },
      onFailure: ({ sha256 }, error) => {
        failures += 1;
        terminal.tell(`${sha256} could not be removed: ${error instanceof Error ? error.message : String(error)}`);
      },
    });
    terminal.tell(summary(collected, options.dryRun === true));
    return failures === 0 ? 0 : 1;
  });
}

function summary(collected: { marked: number; removed: number; removedBytes: number }, dryRun: boolean): string {
  const { marked, removed, removedBytes } = collected;
  if (dryRun) return `Would remove ${removed} blobs, ${removedBytes} bytes.`;
  const later = marked === 0 ? '' : ` Found ${marked} more that nothing refers to; they stay for the grace period.`;
  return `Removed ${removed} blobs, ${removedBytes} bytes.${later}`;
}
