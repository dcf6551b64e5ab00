/** Text as a database column can hold it: without NUL and lone surrogates, and of at most `limit` characters. */
export function plainText(text: string, limit: number): string {
  return text
    .slice(0, limit)
    .replaceAll('\0', '')
    .replaceAll(/\p{Cs}/gu, '');
}
