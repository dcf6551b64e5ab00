import { createHash } from 'node:crypto';
import { html, Markup } from '../lib/html.ts';

const style = `
:root { color-scheme: light dark; --ink: #1c2230; --soft: #5a6478; --paper: #fff; --line: #d9dee8; --accent: #2f5bd8; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8ecf4; --soft: #9aa5ba; --paper: #12161f; --line: #2c3444; --accent: #8aa8ff; }
}
* { box-sizing: border-box; }
body { margin: 0; font: 16px/1.55 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
main { max-width: 42rem; margin: 0 auto; padding: 4rem 1.25rem; }
h1 { font-size: 1.7rem; margin: 0 0 .4rem; letter-spacing: -.01em; }
p { margin: .6rem 0; }
.soft { color: var(--soft); }
a { color: var(--accent); }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; }
form { margin-top: 1.5rem; padding: 1.4rem; border: 1px solid var(--line); border-radius: 10px; }
label { display: block; margin: 0 0 1rem; font-weight: 600; }
input { display: block; width: 100%; margin-top: .35rem; padding: .6rem .7rem; font: inherit; color: inherit;
  background: transparent; border: 1px solid var(--line); border-radius: 6px; }
button { padding: .6rem 1.1rem; font: inherit; font-weight: 600; color: var(--paper); background: var(--accent);
  border: 0; border-radius: 6px; cursor: pointer; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.wrong { padding: .7rem .9rem; border: 1px solid #c9363e; border-radius: 6px; }
ul { padding-left: 1.2rem; }
`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** Headers of every page: its own style, forms to itself, nothing else, and in nobody's frame. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src 'sha256-${styleHash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
};

/** A small page in the house's style. */
export function page(title: string, content: Markup): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${new Markup(style)}</style>
</head>
<body><main>${content}</main></body>
</html>
`.text;
}
