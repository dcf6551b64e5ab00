import { formBody } from './form-body.ts';
import type { Operation } from './operation.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * Evens out what GitLab's clients may write, before the schemas are asked: parameters of the body in the query (its
 * documentation does so everywhere), and booleans as `True` (python-gitlab), `1`, `yes` or `on`.
 */
export function gitlabParameters(
  operation: Operation,
  asked: { readonly url: string; readonly query: unknown; readonly body: unknown },
): { query: Values; body: unknown } {
  const query = withBooleans(operation.query, asObject(asked.query));
  if (operation.body === undefined) return { query, body: asked.body };
  if (asked.body !== undefined && asked.body !== null && !isObject(asked.body)) return { query, body: asked.body };
  const search = asked.url.split('?', 2)[1] ?? '';
  const body = { ...formBody(search), ...asObject(asked.body) };
  return { query, body: withBooleans(operation.body, body) };
}

const spellings = new Map<unknown, boolean>([
  ...['true', 't', '1', 'yes', 'y', 'on'].map((word) => [word, true] as const),
  ...['false', 'f', '0', 'no', 'n', 'off'].map((word) => [word, false] as const),
]);

function withBooleans(schema: Operation['query'], values: Values): Values {
  const changed: Record<string, unknown> = { ...values };
  for (const [name, property] of Object.entries(schema?.properties ?? {})) {
    const value = values[name];
    if (!('type' in property) || property.type !== 'boolean' || typeof value !== 'string') continue;
    changed[name] = spellings.get(value.toLowerCase()) ?? value;
  }
  return changed;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}
