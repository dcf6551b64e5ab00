import type { Value, ValueType } from './odata-expression.ts';

export interface ODataFunction {
  /** Of its operands; text may be a version. */
  readonly takes: readonly ('text' | 'number')[];
  /** How many of the last operands may be left out. */
  readonly optional?: number;
  readonly gives: ValueType;
  /** Called with operands of those types, none of them `null`, texts in lower case where `ignoresCase`. */
  readonly apply: (...operands: never[]) => Value;
  readonly ignoresCase?: true;
}

/** The functions that clients send, and their siblings. Case is ignored, as in the public gallery's database. */
export const functions: ReadonlyMap<string, ODataFunction> = new Map<string, ODataFunction>([
  ['tolower', { takes: ['text'], gives: 'text', apply: (text: string) => text.toLowerCase() }],
  ['toupper', { takes: ['text'], gives: 'text', apply: (text: string) => text.toUpperCase() }],
  ['trim', { takes: ['text'], gives: 'text', apply: (text: string) => text.trim() }],
  ['length', { takes: ['text'], gives: 'number', apply: (text: string) => text.length }],
  ['concat', { takes: ['text', 'text'], gives: 'text', apply: (a: string, b: string) => a + b }],
  ['substring', { takes: ['text', 'number', 'number'], optional: 1, gives: 'text', apply: substring }],
  [
    'substringof',
    {
      takes: ['text', 'text'],
      gives: 'boolean',
      ignoresCase: true,
      apply: (part: string, whole: string) => whole.includes(part),
    },
  ],
  [
    'startswith',
    {
      takes: ['text', 'text'],
      gives: 'boolean',
      ignoresCase: true,
      apply: (whole: string, part: string) => whole.startsWith(part),
    },
  ],
  [
    'endswith',
    {
      takes: ['text', 'text'],
      gives: 'boolean',
      ignoresCase: true,
      apply: (whole: string, part: string) => whole.endsWith(part),
    },
  ],
  [
    'indexof',
    {
      takes: ['text', 'text'],
      gives: 'number',
      ignoresCase: true,
      apply: (whole: string, part: string) => whole.indexOf(part),
    },
  ],
]);

function substring(text: string, start: number, length = Number.POSITIVE_INFINITY): string {
  return text.slice(Math.max(0, start), Math.max(0, start) + Math.max(0, length));
}
