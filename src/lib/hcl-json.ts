/** HCL's JSON syntax in the shape of the native one. https://github.com/hashicorp/hcl/blob/main/json/spec.md */
import type { HclBlock, HclBody, HclExpression } from './hcl-body.ts';
import { InvalidHcl } from './hcl-tokens.ts';

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Reads a file. `blockLabels` tells which top-level names are blocks, and how many labels each has; inside a block, `nested`
 * names are blocks without labels.
 */
export function parseHclJson(
  text: string,
  blockLabels: ReadonlyMap<string, number>,
  nested: ReadonlySet<string>,
): HclBody {
  const root = parsed(text);
  const blocks: HclBlock[] = [];
  for (const [type, value] of Object.entries(root)) {
    const labels = blockLabels.get(type);
    if (labels !== undefined) blocks.push(...blocksOf(type, [], value, labels, nested));
  }
  return { attributes: new Map(), blocks };
}

function parsed(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidHcl('No JSON', 0);
  }
  if (!isObject(value)) throw new InvalidHcl('No JSON object', 0);
  return value;
}

function blocksOf(
  type: string,
  labels: readonly string[],
  value: unknown,
  more: number,
  nested: ReadonlySet<string>,
): HclBlock[] {
  if (Array.isArray(value)) return value.flatMap((one) => blocksOf(type, labels, one, more, nested));
  if (!isObject(value)) return [];
  if (more === 0) return [{ type, labels, body: bodyOf(value, nested) }];
  return Object.entries(value).flatMap(([label, inner]) => blocksOf(type, [...labels, label], inner, more - 1, nested));
}

function bodyOf(object: JsonObject, nested: ReadonlySet<string>): HclBody {
  const attributes = new Map<string, HclExpression>();
  const blocks: HclBlock[] = [];
  for (const [name, value] of Object.entries(object)) {
    if (nested.has(name)) blocks.push(...blocksOf(name, [], value, 0, new Set()));
    else attributes.set(name, expressionOf(value));
  }
  return { attributes, blocks };
}

function expressionOf(value: unknown): HclExpression {
  const isText = typeof value === 'string';
  return {
    text: isText ? value : (JSON.stringify(value) ?? ''),
    literal: isText ? value : null,
    fields: () =>
      isObject(value) ? new Map(Object.entries(value).map(([name, field]) => [name, expressionOf(field)])) : null,
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
