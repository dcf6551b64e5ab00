import { existsSync } from 'node:fs';
import path from 'node:path';

export interface Page {
  /** From the root, with `/`: `docs/errors.md`. */
  readonly path: string;
  readonly text: string;
}

interface Link {
  /** As written. */
  readonly target: string;
  /** From the root. */
  readonly file: string;
  readonly heading: string | undefined;
}

/** Sentences, one for each relative link to a file that isn't there, or to a heading that its page hasn't. */
export function brokenLinks(pages: readonly Page[], exists: (file: string) => boolean): string[] {
  const headings = new Map(pages.map((page) => [page.path, headingsOf(page.text)]));
  return pages.flatMap((page) =>
    linksOf(page).flatMap(({ target, file, heading }) => {
      if (!exists(file)) return [`${page.path} links to ${target}, which doesn't exist`];
      if (heading === undefined || headings.get(file)?.has(heading) !== false) return [];
      return [`${page.path} links to ${target}, and ${file} has no such heading`];
    }),
  );
}

/** Paths of those pages that no chain of links reaches from the page `start`. */
export function unreachable(pages: readonly Page[], start: string): string[] {
  const reached = new Set([start]);
  for (const from of reached) {
    const page = pages.find(({ path: one }) => one === from);
    for (const { file } of page === undefined ? [] : linksOf(page)) reached.add(file);
  }
  return pages.map((page) => page.path).filter((one) => !reached.has(one));
}

export function existsBelow(root: string): (file: string) => boolean {
  return (file) => !file.startsWith('../') && existsSync(path.join(root, file));
}

/** Relative links: inline ones and reference definitions, outside of code. */
function linksOf({ path: from, text }: Page): Link[] {
  const prose = withoutCode(text);
  const inline = [...prose.matchAll(/\[[^\]]*\]\(\s*<?([^)>\s]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const references = [...prose.matchAll(/^\[[^\]]+\]:\s*<?([^>\s]+)/gm)];
  return [...inline, ...references]
    .map(([, target = '']) => decodeURIComponent(target))
    .filter((target) => !/^[a-z][a-z0-9+.-]*:/i.test(target))
    .map((target) => {
      const [file = '', heading] = target.split('#');
      const to = path.posix.normalize(path.posix.join(path.posix.dirname(from), file)).replace(/\/$/, '');
      return { target, file: file === '' ? from : to, heading };
    });
}

/** Anchors as GitHub and GitLab make them of headings. */
function headingsOf(markdown: string): ReadonlySet<string> {
  const anchors = new Set<string>();
  for (const [, title = ''] of withoutFences(markdown).matchAll(/^#{1,6}\s+(.+?)\s*$/gm)) {
    const plain = title.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const anchor = plain.replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-');
    let unique = anchor;
    for (let count = 1; anchors.has(unique); count++) unique = `${anchor}-${count}`;
    anchors.add(unique);
  }
  return anchors;
}

function withoutCode(markdown: string): string {
  return withoutFences(markdown).replace(/(`+)[^`][\s\S]*?\1/g, '');
}

function withoutFences(markdown: string): string {
  return markdown.replace(/^(```|~~~)[\s\S]*?^\1\s*$/gm, '');
}
