import { compareVersionTexts } from './nuget-version.ts';
import type { Comparison, Expression, Value } from './odata-expression.ts';
import { functions } from './odata-functions.ts';

/** What a property of the thing at hand is. */
export type Properties = (name: string) => Value;

export function holds(expression: Expression, properties: Properties): boolean {
  return evaluate(expression, properties) === true;
}

function evaluate(expression: Expression, properties: Properties): Value {
  switch (expression.kind) {
    case 'literal':
      return expression.value;
    case 'property':
      return properties(expression.name);
    case 'not':
      return !holds(expression.operand, properties);
    case 'and':
      return holds(expression.left, properties) && holds(expression.right, properties);
    case 'or':
      return holds(expression.left, properties) || holds(expression.right, properties);
    case 'comparison':
      return compare(expression, properties);
    case 'call':
      return call(expression, properties);
  }
}

function call({ name, operands }: Extract<Expression, { kind: 'call' }>, properties: Properties): Value {
  const called = functions.get(name);
  const values = operands.map((operand) => evaluate(operand, properties));
  if (called === undefined || values.includes(null)) return null;
  return called.apply(...((called.ignoresCase === true ? values.map(folded) : values) as never[]));
}

function compare(
  { operator, left, right }: Extract<Expression, { kind: 'comparison' }>,
  properties: Properties,
): boolean {
  const [a, b] = [evaluate(left, properties), evaluate(right, properties)];
  if (a === null || b === null) return operator === 'eq' ? a === b : operator === 'ne' && a !== b;
  const asVersions = left.type === 'version' || right.type === 'version';
  return accepts[operator](asVersions ? compareVersionTexts(String(a), String(b)) : order(a, b));
}

const accepts: Readonly<Record<Comparison, (order: number) => boolean>> = {
  eq: (difference) => difference === 0,
  ne: (difference) => difference !== 0,
  gt: (difference) => difference > 0,
  ge: (difference) => difference >= 0,
  lt: (difference) => difference < 0,
  le: (difference) => difference <= 0,
};

/** `null` first, false before true, text ignoring case: for two values of one type. */
export function order(left: Value, right: Value): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  const [a, b] = [folded(left), folded(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function folded(value: string | number | boolean | null): string | number {
  return typeof value === 'string' ? value.toLowerCase() : Number(value);
}
