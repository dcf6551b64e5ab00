import { html, type Markup } from '../lib/html.ts';
import type { JsonSchema } from './openapi-schemas.ts';

/** A schema's type in words, with links to named objects: `array of Package`, `one of "asc", "desc"`. */
export function typeOf(schema: JsonSchema): Markup {
  const named = schemaName(schema);
  if (named !== null) return html`<a href="#schema-${named}">${named}</a>`;
  const choices = alternatives(schema);
  if (choices !== null)
    return html`${choices.map((choice, index) => html`${index === 0 ? '' : ' or '}${typeOf(choice)}`)}`;
  if (Array.isArray(schema['enum'])) {
    return html`one of ${schema['enum'].map((value) => JSON.stringify(value)).join(', ')}${limits(schema)}`;
  }
  if ('const' in schema) return html`${JSON.stringify(schema['const'])}`;
  if (schema['type'] === 'array') return html`array of ${typeOf(asSchema(schema['items']))}`;
  const type = typeof schema['type'] === 'string' ? schema['type'] : 'anything';
  return html`${type}${limits(schema)}`;
}

/** What an object holds, a row a property. */
export function propertyTable(schema: JsonSchema, caption: string): Markup {
  const required = new Set(Array.isArray(schema['required']) ? (schema['required'] as string[]) : []);
  const properties = Object.entries(asSchema(schema['properties']));
  if (properties.length === 0) return html`<p>${caption}: ${typeOf(schema)}</p>`;
  return html`<table><caption>${caption}</caption>
<thead><tr><th scope="col">Name</th><th scope="col">Type</th><th scope="col">Meaning</th></tr></thead>
<tbody>${properties.map(([name, value]) => {
    const property = asSchema(value);
    const meaning = prose(typeof property['description'] === 'string' ? property['description'] : '');
    return html`<tr><th scope="row"><code>${name}</code>${caption === 'Body' && required.has(name) ? ' (required)' : ''}</th>
<td>${typeOf(property)}</td><td>${meaning}</td></tr>
`;
  })}</tbody></table>`;
}

function limits(schema: JsonSchema): string {
  const words = [
    schema['format'],
    schema['default'] === undefined ? undefined : `default ${JSON.stringify(schema['default'])}`,
    schema['minimum'] === undefined ? undefined : `at least ${JSON.stringify(schema['minimum'])}`,
    schema['maxLength'] === undefined ? undefined : `at most ${JSON.stringify(schema['maxLength'])} characters`,
  ].filter((word) => typeof word === 'string');
  return words.length === 0 ? '' : ` (${words.join(', ')})`;
}

function schemaName(schema: JsonSchema): string | null {
  const reference = schema['$ref'];
  return typeof reference === 'string' ? (reference.split('/').at(-1) ?? null) : null;
}

function alternatives(schema: JsonSchema): JsonSchema[] | null {
  return Array.isArray(schema['anyOf']) ? schema['anyOf'].map(asSchema) : null;
}

/** Text in which `words like these` are code. */
export function prose(text: string): Markup {
  return html`${text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part))}`;
}

export function asSchema(value: unknown): JsonSchema {
  return typeof value === 'object' && value !== null ? (value as JsonSchema) : {};
}
