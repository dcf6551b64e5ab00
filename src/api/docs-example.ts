import type { PlacedOperation } from './docs-page.ts';
import { asSchema } from './docs-schema.ts';
import type { JsonSchema } from './openapi-schemas.ts';

/** A command that can be pasted once the token is filled in. */
export function curlExample({ method, path, operation }: PlacedOperation, base: string): string {
  const open = operation.security.some((requirement) => Object.keys(requirement).length === 0);
  const body = operation.requestBody?.content['application/json']?.schema;
  const parts = [
    'curl',
    ...(method === 'GET' ? [] : [`--request ${method}`]),
    ...(open && method === 'GET' ? [] : ['--header "PRIVATE-TOKEN: $TOKEN"']),
    ...(body === undefined ? [] : [`--json ${quoted(JSON.stringify(exampleBody(body)))}`]),
    quoted(base + filled(path, operation.parameters ?? [])),
  ];
  return parts.join(' \\\n  ');
}

function filled(path: string, parameters: readonly { name: string; schema: JsonSchema }[]): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const schema = parameters.find((parameter) => parameter.name === name)?.schema ?? {};
    const value = example(schema);
    return encodeURIComponent(typeof value === 'string' ? value : '1');
  });
}

/** The required properties, or the first one where none is. */
function exampleBody(schema: JsonSchema): Record<string, unknown> {
  const required = Array.isArray(schema['required']) ? (schema['required'] as string[]) : [];
  const properties = Object.entries(asSchema(schema['properties']));
  const shown = required.length > 0 ? properties.filter(([name]) => required.includes(name)) : properties.slice(0, 1);
  return Object.fromEntries(shown.map(([name, property]) => [name, example(asSchema(property)) ?? name]));
}

function example(schema: JsonSchema): unknown {
  for (const key of ['examples', 'enum', 'anyOf']) {
    const choices = schema[key];
    if (Array.isArray(choices) && choices.length > 0) {
      return key === 'anyOf' ? example(asSchema(choices[0])) : (choices[0] as unknown);
    }
  }
  if (schema['default'] !== undefined) return schema['default'];
  if (schema['type'] === 'array') return [example(asSchema(schema['items']))];
  if (schema['type'] === 'integer') return 1;
  return schema['type'] === 'boolean' ? true : undefined;
}

function quoted(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}
