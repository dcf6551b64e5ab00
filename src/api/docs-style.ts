/** The docs page's style; its hash stands in the page's Content-Security-Policy. */
export const docsStyle = `
:root { color-scheme: light dark; --ink: #1d2430; --soft: #566073; --line: #d9dee7; --paper: #ffffff; --band: #f4f6f9;
  --link: #0b5cad; --get: #0a6b3d; --post: #0b5cad; --put: #8a5300; --delete: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ef; --soft: #a3adbd; --line: #333c4a; --paper: #14181f;
  --band: #1d232d; --link: #7db7f2; --get: #6fcf97; --post: #7db7f2; --put: #f2b866; --delete: #ff8a80; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; color: var(--ink); background: var(--paper); font: 1rem/1.55 system-ui, sans-serif;
  display: grid; grid-template: "nav header" auto "nav main" 1fr / minmax(17rem, 24rem) minmax(0, 1fr); }
header { grid-area: header; padding: 2rem 2rem 0; max-width: 66rem; }
main { grid-area: main; overflow-wrap: anywhere; padding: 0 2rem 4rem; max-width: 66rem; }
nav { grid-area: nav; position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1rem;
  background: var(--band); border-right: 1px solid var(--line); font-size: 0.85rem; }
nav h2 { font-size: 0.9rem; margin: 1rem 0 0.25rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: flex; gap: 0.5rem; padding: 0.15rem 0; text-decoration: none; }
nav li a:hover { text-decoration: underline; }
.path { overflow-wrap: anywhere; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: 0.5rem 1rem; z-index: 1; }
h1 small { font-size: 1rem; font-weight: normal; color: var(--soft); }
h2 { margin: 2.5rem 0 0.5rem; }
article { border-top: 1px solid var(--line); padding: 1rem 0 1.5rem; }
h3 { font-size: 1.05rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
.method { font: 700 0.75rem/1.9 ui-monospace, monospace; color: var(--get); min-width: 3.6rem; display: inline-block; }
.post { color: var(--post); } .put, .patch { color: var(--put); } .delete { color: var(--delete); }
.summary { font-weight: 600; margin: 0.25rem 0; }
.needs { color: var(--soft); margin: 0.25rem 0; }
table { border-collapse: collapse; width: 100%; margin: 1rem 0; font-size: 0.9rem; display: block; overflow-x: auto; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.25rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); overflow-wrap: break-word; min-width: 3.2rem; }
tbody th { font-weight: normal; white-space: nowrap; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { background: var(--band); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem 1rem; overflow-x: auto; }
@media (max-width: 60rem) { body { display: block; } nav { position: static; height: auto; max-height: 40vh;
  border-right: 0; border-bottom: 1px solid var(--line); } header, main { padding-left: 1rem; padding-right: 1rem; } }
`;
