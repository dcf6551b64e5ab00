/** Header fields and what follows them, as Python's `email.parser` reads core metadata. */
export interface Headers {
  /** By field name in lower case, all values of each in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** What follows the first empty line; empty when nothing does. */
  readonly body: string;
}

const header = /^([!-9;-~]+):[ \t]*(.*)$/s;

/**
 * Splits core metadata: https://packaging.python.org/en/latest/specifications/core-metadata/. Lines that begin with
 * space belong to the field before; the first line that is no field begins the body, empty or not.
 */
export function readHeaders(text: string): Headers {
  const fields = new Map<string, string[]>();
  let values: string[] | undefined;
  let at = 0;
  while (at < text.length) {
    if (values !== undefined && isContinuation(text, at)) {
      const end = endOfContinuation(text, at);
      values.push(`${values.pop() ?? ''}\n${linesOf(text.slice(at, end))}`);
      at = end;
      continue;
    }
    const { line, next } = lineAt(text, at);
    const parts = header.exec(line);
    if (parts === null) return { fields, body: text.slice(line === '' ? next : at) };
    const name = (parts[1] ?? '').toLowerCase();
    values = fields.get(name) ?? [];
    values.push(parts[2] ?? '');
    fields.set(name, values);
    at = next;
  }
  return { fields, body: '' };
}

function isContinuation(text: string, at: number): boolean {
  return text[at] === ' ' || text[at] === '\t';
}

/** Where the first line begins that does not belong to the field: a description may be a million of those that do. */
function endOfContinuation(text: string, at: number): number {
  let next = at;
  while (isContinuation(text, next)) next = lineEnd(text, next) + 1;
  return Math.min(next, text.length);
}

/** The same lines without carriage returns before the feeds, and without the last feed. */
function linesOf(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(/\r?\n?$/, '');
}

function lineEnd(text: string, at: number): number {
  const feed = text.indexOf('\n', at);
  return feed < 0 ? text.length : feed;
}

function lineAt(text: string, at: number): { line: string; next: number } {
  const feed = text.indexOf('\n', at);
  const end = feed < 0 ? text.length : feed;
  const line = text.slice(at, text[end - 1] === '\r' && end > at ? end - 1 : end);
  return { line, next: feed < 0 ? end : feed + 1 };
}
