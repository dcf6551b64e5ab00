import { html, type Markup } from '../lib/html.ts';
import type { PlacedOperation } from './docs-page.ts';
import { curlExample } from './docs-example.ts';
import { propertyTable, prose, typeOf } from './docs-schema.ts';
import type { OpenApiOperation, OpenApiParameter } from './openapi.ts';

/** A heading's `id`: letters, digits and hyphens. */
export function anchor(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]+/g, '-');
}

export function operationSection(placed: PlacedOperation, base: string): Markup {
  const { method, path, operation } = placed;
  const id = anchor(operation.operationId);
  return html`<article aria-labelledby="${id}">
<h3 id="${id}"><span class="method ${method.toLowerCase()}">${method}</span> <code>${path}</code></h3>
<p class="summary">${prose(operation.summary)}</p>
${operation.description === undefined ? null : html`<p>${prose(operation.description)}</p>`}
<p class="needs">${needs(operation)}</p>
${parameterTable(operation.parameters ?? [])}
${bodyTable(operation)}
${responseTable(operation)}
${
  operation['x-scopes'] === undefined
    ? null
    : html`<pre aria-label="Example"><code>${curlExample(placed, base)}</code></pre>`
}
</article>
`;
}

function needs(operation: OpenApiOperation): string {
  const scopes = operation['x-scopes'];
  const open = operation.security.some((requirement) => Object.keys(requirement).length === 0);
  const token = scopes === undefined ? '' : `A token needs the scope ${scopes.join(' or ')}.`;
  return open ? `Works without a credential where everybody may see it. ${token}` : `Needs a credential. ${token}`;
}

function parameterTable(parameters: readonly OpenApiParameter[]): Markup | null {
  if (parameters.length === 0) return null;
  return html`<table><caption>Parameters</caption>
<thead><tr><th scope="col">Name</th><th scope="col">In</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
<tbody>${parameters.map(
    (
      parameter,
    ) => html`<tr><th scope="row"><code>${parameter.name}</code>${parameter.required ? ' (required)' : ''}</th>
<td>${parameter.in}</td><td>${typeOf(parameter.schema)}</td><td>${prose(parameter.description ?? '')}</td></tr>
`,
  )}</tbody></table>`;
}

function bodyTable(operation: OpenApiOperation): Markup | null {
  const schema = operation.requestBody?.content['application/json']?.schema;
  return schema === undefined ? null : propertyTable(schema, 'Body');
}

function responseTable(operation: OpenApiOperation): Markup {
  return html`<table><caption>Answers</caption>
<thead><tr><th scope="col">Status</th><th scope="col">Meaning</th><th scope="col">Body</th></tr></thead>
<tbody>${Object.entries(operation.responses).map(([status, response]) => {
    const schema = response.content?.['application/json']?.schema;
    return html`<tr><th scope="row">${status}</th><td>${prose(response.description)}</td><td>${
      schema === undefined ? '' : typeOf(schema)
    }</td></tr>
`;
  })}</tbody></table>`;
}
