/** An OData expression that was read, each part with its type. */

export type Value = string | number | boolean | null;

/** `version` is text that is compared as a version; times are milliseconds since the epoch. */
export type ValueType = 'text' | 'version' | 'number' | 'boolean' | 'time' | 'null';

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

export type Expression =
  | { readonly kind: 'literal'; readonly type: ValueType; readonly value: Value }
  | { readonly kind: 'property'; readonly type: ValueType; readonly name: string }
  | { readonly kind: 'not'; readonly type: 'boolean'; readonly operand: Expression }
  | {
      readonly kind: 'and' | 'or';
      readonly type: 'boolean';
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'comparison';
      readonly type: 'boolean';
      readonly operator: Comparison;
      readonly left: Expression;
      readonly right: Expression;
    }
  | {
      readonly kind: 'call';
      readonly type: ValueType;
      readonly name: string;
      readonly operands: readonly Expression[];
    };
