import { CommandFailed } from './invocation.ts';

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Milliseconds of `90s`, `30m`, `24h`, `7d` or `0`. */
export function durationOption(name: string, text: string): number {
  const match = /^(\d{1,9})([smhd])$/.exec(text);
  if (text === '0') return 0;
  if (match === null)
    throw new CommandFailed(`${name} must be a duration such as 24h, 30m or 7d, which ${text} is not.`, 2);
  return Number(match[1]) * (units[match[2] ?? ''] ?? 0);
}
