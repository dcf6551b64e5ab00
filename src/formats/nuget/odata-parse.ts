import type { Comparison, Expression, ValueType } from './odata-expression.ts';
import { functions } from './odata-functions.ts';
import { type Token, tokensOf, unreadable } from './odata-tokens.ts';

const deepest = 100;
const comparisons: ReadonlySet<string> = new Set<Comparison>(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const constants: ReadonlyMap<string, boolean | null> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

/**
 * Reads a `$filter` over properties of these types. Refuses with `invalid-parameter` what it doesn't understand wholly,
 * and comparisons of different types.
 */
export function parseFilter(text: string, properties: ReadonlyMap<string, ValueType>): Expression {
  const reader = new Reader(tokensOf(text), properties);
  const expression = reader.or(0);
  reader.end();
  if (expression.type !== 'boolean') throw unreadable('it is neither true nor false');
  return expression;
}

/** One method for each level of precedence: `or`, `and`, `not`, comparison, operand. */
class Reader {
  readonly #tokens: readonly Token[];
  readonly #properties: ReadonlyMap<string, ValueType>;
  #at = 0;

  constructor(tokens: readonly Token[], properties: ReadonlyMap<string, ValueType>) {
    this.#tokens = tokens;
    this.#properties = properties;
  }

  or(depth: number): Expression {
    return this.#chain('or', () => this.#chain('and', () => this.#not(depth)));
  }

  end(): void {
    const token = this.#tokens[this.#at];
    if (token !== undefined) throw unreadable(`nothing can follow before ${JSON.stringify(token.value)}`);
  }

  #chain(kind: 'and' | 'or', operand: () => Expression): Expression {
    let left = operand();
    while (this.#takes('word', kind)) {
      const right = operand();
      if (left.type !== 'boolean' || right.type !== 'boolean') throw unreadable(`${kind} joins what is true or false`);
      left = { kind, type: 'boolean', left, right };
    }
    return left;
  }

  #not(depth: number): Expression {
    if (depth > deepest) throw unreadable('it is nested too deeply');
    if (!this.#takes('word', 'not')) return this.#comparison(depth);
    const operand = this.#not(depth + 1);
    if (operand.type !== 'boolean') throw unreadable('not stands before what is true or false');
    return { kind: 'not', type: 'boolean', operand };
  }

  #comparison(depth: number): Expression {
    const left = this.#operand(depth);
    const next = this.#tokens[this.#at];
    if (next?.kind !== 'word' || !comparisons.has(next.value)) return left;
    this.#at += 1;
    const right = this.#operand(depth);
    if (!comparable(left.type, right.type)) throw unreadable(`${left.type} can't be compared with ${right.type}`);
    return { kind: 'comparison', type: 'boolean', operator: next.value as Comparison, left, right };
  }

  #operand(depth: number): Expression {
    if (this.#takes('mark', '(')) {
      const inner = this.or(depth + 1);
      this.#expect(')');
      return inner;
    }
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token === undefined) throw unreadable('it ends too early');
    if (token.kind === 'mark') throw unreadable(`${JSON.stringify(token.value)} stands in a wrong place`);
    if (token.kind !== 'word') return { kind: 'literal', type: token.kind, value: token.value };
    return this.#takes('mark', '(') ? this.#call(token.value, depth) : this.#named(token.value);
  }

  #named(name: string): Expression {
    const constant = constants.get(name);
    if (constant !== undefined)
      return { kind: 'literal', type: constant === null ? 'null' : 'boolean', value: constant };
    const type = this.#properties.get(name);
    if (type === undefined) throw unreadable(`there is no property ${name}`);
    return { kind: 'property', type, name };
  }

  #call(name: string, depth: number): Expression {
    const called = functions.get(name);
    if (called === undefined) throw unreadable(`there is no function ${name}`);
    const operands = this.#operands(depth);
    const least = called.takes.length - (called.optional ?? 0);
    const fits = operands.every(({ type }, index) => type === 'null' || textual(type) === called.takes[index]);
    if (operands.length < least || operands.length > called.takes.length || !fits) {
      throw unreadable(`${name} takes ${called.takes.join(', ')}`);
    }
    return { kind: 'call', type: called.gives, name, operands };
  }

  #operands(depth: number): readonly Expression[] {
    if (this.#takes('mark', ')')) return [];
    const operands = [this.or(depth + 1)];
    while (this.#takes('mark', ',')) operands.push(this.or(depth + 1));
    this.#expect(')');
    return operands;
  }

  #takes(kind: Token['kind'], value: string): boolean {
    const token = this.#tokens[this.#at];
    if (token?.kind !== kind || token.value !== value) return false;
    this.#at += 1;
    return true;
  }

  #expect(mark: ')'): void {
    if (!this.#takes('mark', mark)) throw unreadable(`${mark} is missing`);
  }
}

function textual(type: ValueType): ValueType {
  return type === 'version' ? 'text' : type;
}

function comparable(left: ValueType, right: ValueType): boolean {
  return left === 'null' || right === 'null' || textual(left) === textual(right);
}
