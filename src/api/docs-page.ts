/** The API's readable pages: one document, no script, printed from the OpenAPI document. */
import { createHash } from 'node:crypto';
import { html, Markup } from '../lib/html.ts';
import { anchor, operationSection } from './docs-operation.ts';
import { propertyTable, prose } from './docs-schema.ts';
import { docsStyle } from './docs-style.ts';
import type { OpenApiDocument, OpenApiOperation } from './openapi.ts';

export interface DocsPage {
  readonly html: string;
  /** Goes out as `Content-Security-Policy`: the page's own style and nothing else. */
  readonly contentSecurityPolicy: string;
}

export interface PlacedOperation {
  readonly method: string;
  /** As in the document: `/projects/{id}`. */
  readonly path: string;
  readonly operation: OpenApiOperation;
}

export function docsPage(document: OpenApiDocument): DocsPage {
  const groups = groupByTag(document);
  const base = document.servers[0]?.url ?? '';
  const body = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title}</title>
${style}
</head>
<body>
<a class="skip" href="#content">Skip to the operations</a>
<header>
<h1>${document.info.title} <small>${document.info.version}</small></h1>
<p>${prose(document.info.description)}</p>
${credentialNotes(base)}
</header>
<nav aria-label="Operations">${[...groups].map(([tag, placed]) => navigation(tag, placed))}${schemaNavigation(document)}</nav>
<main id="content">
${[...groups].map(([tag, placed]) => tagSection(tag, placed, base))}
${schemaSection(document)}
</main>
</body>
</html>
`.text;
  return { html: body, contentSecurityPolicy };
}

const style = new Markup(`<style>${docsStyle}</style>`);

const styleHash = createHash('sha256').update(docsStyle).digest('base64');

const contentSecurityPolicy =
  `default-src 'none'; style-src 'sha256-${styleHash}'; base-uri 'none'; form-action 'none'; ` +
  "frame-ancestors 'none'";

function groupByTag(document: OpenApiDocument): Map<string, PlacedOperation[]> {
  const groups = new Map<string, PlacedOperation[]>(document.tags.map((tag) => [tag.name, []]));
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      groups.get(operation.tags[0] ?? '')?.push({ method: method.toUpperCase(), path, operation });
    }
  }
  return groups;
}

function credentialNotes(base: string): Markup {
  return html`<p>Send a token as <code>PRIVATE-TOKEN: &lt;token&gt;</code>, as
<code>Authorization: Bearer &lt;token&gt;</code>, or as the password of Basic authentication; a deploy token as
<code>DEPLOY-TOKEN: &lt;token&gt;</code>. Bodies are JSON or form data. Lists come in pages: ask with <code>page</code> and
<code>per_page</code>, and follow the <code>Link</code> header. For programs: <a href="${base}/openapi.json">the same as
OpenAPI 3.1</a>.</p>`;
}

function navigation(tag: string, placed: readonly PlacedOperation[]): Markup {
  return html`<h2><a href="#${anchor(tag)}">${tag}</a></h2>
<ul>${placed.map(
    ({ method, path, operation }) =>
      html`<li><a href="#${anchor(operation.operationId)}"><span class="method ${method.toLowerCase()}">${method}</span>
<span class="path">${path}</span></a></li>
`,
  )}</ul>
`;
}

function schemaNavigation(document: OpenApiDocument): Markup {
  return html`<h2><a href="#objects">Objects</a></h2>
<ul>${Object.keys(document.components.schemas).map((name) => html`<li><a href="#schema-${name}">${name}</a></li>`)}</ul>`;
}

function tagSection(tag: string, placed: readonly PlacedOperation[], base: string): Markup {
  return html`<section aria-labelledby="${anchor(tag)}">
<h2 id="${anchor(tag)}">${tag}</h2>
${placed.map((one) => operationSection(one, base))}
</section>
`;
}

function schemaSection(document: OpenApiDocument): Markup {
  return html`<section aria-labelledby="objects">
<h2 id="objects">Objects</h2>
${Object.entries(document.components.schemas).map(
  ([name, schema]) => html`<article><h3 id="schema-${name}">${name}</h3>
${propertyTable(schema, `Properties of ${name}`)}</article>
`,
)}
</section>`;
}
