/**
 * The `key` of a token: its id as hexadecimal, lowest digit first, at least eight digits. npm shows the first six or
 * more that tell a key from the others, so neighbours must differ early.
 */
export function keyOfToken(id: number): string {
  return reversed(id.toString(16).padStart(8, '0'));
}

/** The id that a key stands for; `null` for text that is no key, which may be a token itself. */
export function tokenOfKey(key: string): number | null {
  return /^[0-9a-f]{8,13}$/.test(key) ? Number.parseInt(reversed(key), 16) : null;
}

function reversed(text: string): string {
  return text.split('').reverse().join('');
}
