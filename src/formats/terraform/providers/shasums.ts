import { problem } from '../../../problems/problem.ts';

/** `SHA256SUMS` as text, sorted by name as `sha256sum` of a sorted list prints it. */
export function shasumsText(digests: ReadonlyMap<string, string>): string {
  const names = [...digests.keys()].toSorted();
  return names.map((name) => `${digests.get(name) ?? ''}  ${name}\n`).join('');
}

/** File name → SHA-256, hex. `invalid-parameter` for what isn't such a list. */
export function parseShasums(text: string): ReadonlyMap<string, string> {
  const digests = new Map<string, string>();
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const [, digest = '', name = ''] = /^([0-9a-f]{64}) [ *](\S+)\r?$/.exec(line) ?? [];
    if (name === '') throw problem('invalid-parameter', 'SHA256SUMS holds lines "<digest>  <file>" and nothing else.');
    if (digests.has(name)) throw problem('invalid-parameter', `SHA256SUMS names ${name.slice(0, 200)} twice.`);
    digests.set(name, digest);
  }
  return digests;
}
