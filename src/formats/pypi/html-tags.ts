/** A start tag and the text up to the next tag. */
export interface Tag {
  /** In lower case. */
  readonly name: string;
  /** By name in lower case, references resolved; the first of several alike counts. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
}

// No two of its parts can take the same text, or long pages would take for ever.
const startTag =
  /<([A-Za-z][A-Za-z0-9]*)((?:\s+[^\s"'<>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>=`]+))?)*)\s*\/?>([^<]*)/g;
const attribute = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>=`]+)))?/g;
const references: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The start tags of a page, as simple as those of package indexes are. Not a parser of HTML. */
export function* tagsOf(page: string): Generator<Tag> {
  for (const [, name = '', attributes = '', text = ''] of withoutComments(page).matchAll(startTag)) {
    yield { name: name.toLowerCase(), attributes: attributesOf(attributes), text: resolved(text).trim() };
  }
}

function withoutComments(page: string): string {
  let text = '';
  let at = 0;
  for (let open = page.indexOf('<!--'); open >= 0; open = page.indexOf('<!--', at)) {
    text += page.slice(at, open);
    const close = page.indexOf('-->', open + 4);
    if (close < 0) return text;
    at = close + 3;
  }
  return text + page.slice(at);
}

function attributesOf(text: string): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  for (const [, name = '', double, single, bare] of text.matchAll(attribute)) {
    const key = name.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, resolved(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

function resolved(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#([0-9]{1,7})|([a-z]+));/gi, (all, hex, decimal, name) => {
    if (typeof name === 'string') return references[name.toLowerCase()] ?? all;
    const code = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}
