/** What strangers wrote, as part of a sentence: no line breaks, nothing that moves a cursor, and not too long. */
export function oneLine(text: string, longest = 200): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1).trimEnd()}…`;
}
