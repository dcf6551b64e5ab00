/** Text that belongs to one machine or one moment, by what it is. Written so that no pattern matches itself. */
const forbidden: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a path of a development machine', /[/]work[/]/],
  ['a conflict marker', /^(<{7}|>{7}) /m],
  ['a focused test', /\b(test|it|describe)[.]only[(]/],
  ['a token', /\b(gl(pat|dt|rt)-[A-Za-z0-9_-]{20}|npm_[A-Za-z0-9]{36}|gh[pousr]_[A-Za-z0-9]{36})/],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE[ ]KEY-----/],
];

/** Sentences, one for each kind of forbidden text in a file. */
export function forbiddenText(file: string, text: string): string[] {
  return forbidden.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${file} holds ${what}`);
}
