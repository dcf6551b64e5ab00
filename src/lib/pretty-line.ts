/** A log line for people: time, level, message, then the other fields as `name=value`. */

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
};

/** `line` is one JSON log line; anything else is returned unchanged. */
export function prettyLine(line: string): string {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const { level, time, msg, err, ...rest } = fields;
  const clock = typeof time === 'number' ? new Date(time).toISOString().slice(11, 23) : '';
  const others = Object.entries(rest).map(([name, value]) => ` ${name}=${shown(value)}`);
  return `${clock} ${(levels[Number(level)] ?? '').padEnd(5)} ${typeof msg === 'string' ? msg : ''}${others.join('')}${stackOf(err)}\n`;
}

function shown(value: unknown): string {
  return typeof value === 'string' && /^[\w:./@%+-]+$/.test(value) ? value : JSON.stringify(value);
}

function stackOf(err: unknown): string {
  if (typeof err !== 'object' || err === null) return '';
  const { stack, message } = err as { stack?: unknown; message?: unknown };
  return `\n${typeof stack === 'string' ? stack : String(message)}`;
}
