/** What a package may be used under, as SPDX writes it: https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/ */
export type LicenseExpression =
  | { readonly kind: 'license'; readonly id: string; readonly exception: string | null }
  | { readonly kind: 'and' | 'or'; readonly parts: readonly LicenseExpression[] };

/** Longer ones are read as plain text. */
const longest = 1_000;
const deepest = 20;

/** What an upstream says, `null` when that is nothing, or more than anybody means by a license: a part would say something else. */
export function licenseText(text: string): string | null {
  const trimmed = text.trim();
  return trimmed === '' || trimmed.length > longest ? null : trimmed;
}

/** Ids are not looked up: what SPDX doesn't list may be meant by a pattern all the same. Anything else is one license of that name. */
export function readLicense(text: string): LicenseExpression {
  const trimmed = text.trim();
  const whole = { kind: 'license', id: trimmed, exception: null } as const;
  if (trimmed.length > longest) return whole;
  const tokens = new Tokens(trimmed.match(/[()]|[^\s()]+/g) ?? []);
  const expression = tokens.choice(0);
  return expression === null || !tokens.isAtEnd ? whole : expression;
}

/** Whether some way of meeting the expression needs nothing but what `isMatch` names. */
export function canKeepTo(expression: LicenseExpression, isMatch: (license: string) => boolean): boolean {
  if (expression.kind === 'license') return namesOf(expression).some(isMatch);
  const holds = (part: LicenseExpression): boolean => canKeepTo(part, isMatch);
  return expression.kind === 'or' ? expression.parts.some(holds) : expression.parts.every(holds);
}

/** Whether every way of meeting the expression needs something that `isMatch` names. */
export function cannotAvoid(expression: LicenseExpression, isMatch: (license: string) => boolean): boolean {
  if (expression.kind === 'license') return namesOf(expression).some(isMatch);
  const holds = (part: LicenseExpression): boolean => cannotAvoid(part, isMatch);
  return expression.kind === 'or' ? expression.parts.every(holds) : expression.parts.some(holds);
}

/** An exception permits more than the license alone: either may be meant. */
function namesOf({ id, exception }: LicenseExpression & { kind: 'license' }): readonly string[] {
  return exception === null ? [id] : [id, `${id} WITH ${exception}`];
}

/** `null` = no expression. Operators bind as in the specification: WITH, AND, OR. */
class Tokens {
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#tokens.length;
  }

  choice(depth: number): LicenseExpression | null {
    return this.#list('or', () => this.#list('and', () => this.#one(depth)));
  }

  #list(kind: 'and' | 'or', next: () => LicenseExpression | null): LicenseExpression | null {
    const parts: LicenseExpression[] = [];
    do {
      const part = next();
      if (part === null) return null;
      parts.push(part);
    } while (this.#takes(kind));
    return parts.length === 1 ? (parts[0] as LicenseExpression) : { kind, parts };
  }

  #one(depth: number): LicenseExpression | null {
    if (this.#takes('(')) {
      const inner = depth < deepest ? this.choice(depth + 1) : null;
      return this.#takes(')') ? inner : null;
    }
    const id = this.#id();
    if (id === null) return null;
    const exception = this.#takes('with') ? this.#id() : null;
    return exception === null && this.#tokens[this.#at - 1]?.toLowerCase() === 'with'
      ? null
      : { kind: 'license', id, exception };
  }

  /** Some write operators in lower case. */
  #takes(word: string): boolean {
    if (this.#tokens[this.#at]?.toLowerCase() !== word) return false;
    this.#at += 1;
    return true;
  }

  #id(): string | null {
    const token = this.#tokens[this.#at];
    if (token === undefined || !/^[\w.:+-]+$/.test(token) || /^(?:and|or|with)$/i.test(token)) return null;
    this.#at += 1;
    return token;
  }
}
