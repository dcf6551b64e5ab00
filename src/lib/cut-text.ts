/** The first `limit` code units of a text at most, and never half a character: databases take none. */
export function cutText(text: string, limit: number): string {
  const cut = text.slice(0, limit);
  const last = cut.charCodeAt(cut.length - 1);
  const isHalf = cut.length < text.length && last >= 0xd800 && last <= 0xdbff;
  return isHalf ? cut.slice(0, -1) : cut;
}
