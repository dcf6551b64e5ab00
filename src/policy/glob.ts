/** `*` stands for any text, everything else for itself; linear in the length of both. Case counts. */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let from = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    if (from < pattern.length && pattern[from] === '*') {
      star = from++;
      starAt = at;
    } else if (from < pattern.length && pattern[from] === text[at]) {
      from++;
      at++;
    } else if (star >= 0) {
      from = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (pattern[from] === '*') from++;
  return from === pattern.length;
}
