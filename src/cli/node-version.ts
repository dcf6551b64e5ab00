import type { Terminal } from './terminal.ts';

/** Majors that Node.js no longer repairs, and the version of Packyard that stops running on them. See docs/deprecations.md. */
const ended: ReadonlyMap<number, string> = new Map([[20, '1.0.0']]);

/** One line for those who run on a Node.js that gets no more security fixes. */
export function warnAboutNode(nodeVersion: string, terminal: Pick<Terminal, 'tell'>): void {
  const major = Number(nodeVersion.split('.', 1)[0]);
  const until = ended.get(major);
  if (until === undefined) return;
  terminal.tell(
    `Warning: Node.js ${major} gets no more security fixes. Use Node.js 24; Packyard ${until} will not run on ${major}.`,
  );
}
