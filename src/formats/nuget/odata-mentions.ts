import type { Expression, Value } from './odata-expression.ts';

/** Whether one of these properties is part of the expression. */
export function mentions(expression: Expression, sought: (property: string) => boolean): boolean {
  return (
    partsOf(expression).some((part) => mentions(part, sought)) ||
    (expression.kind === 'property' && sought(expression.name))
  );
}

/**
 * The one value that the property must have for the expression to hold, as `Id eq 'x'` says, alone or joined to others by
 * `and`; `tolower` around it changes nothing. `null` where there is no such value.
 */
export function soughtValue(expression: Expression, property: string): Value {
  if (expression.kind === 'and')
    return soughtValue(expression.left, property) ?? soughtValue(expression.right, property);
  if (expression.kind !== 'comparison' || expression.operator !== 'eq') return null;
  const { left, right } = expression;
  if (isProperty(left, property) && right.kind === 'literal') return right.value;
  if (isProperty(right, property) && left.kind === 'literal') return left.value;
  return null;
}

function isProperty(expression: Expression, property: string): boolean {
  if (expression.kind === 'property') return expression.name === property;
  const [operand] = expression.kind === 'call' && expression.name === 'tolower' ? expression.operands : [];
  return operand !== undefined && isProperty(operand, property);
}

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'literal':
    case 'property':
      return [];
    case 'not':
      return [expression.operand];
    case 'call':
      return expression.operands;
    case 'and':
    case 'or':
    case 'comparison':
      return [expression.left, expression.right];
  }
}
