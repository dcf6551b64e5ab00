import { problem } from '../problems/problem.ts';
import type { SqlValue } from './database.ts';

/** Node has it since version 20; the compiler's library follows later. */
type Text = string & { isWellFormed(): boolean };

/** `invalid-parameter` for what an engine would change: it is refused instead. */
export function checkValue(value: SqlValue): void {
  if (typeof value === 'number') {
    if (Number.isSafeInteger(value)) return;
    throw problem('invalid-parameter', 'Numbers must be whole and between -(2^53 - 1) and 2^53 - 1.');
  }
  if (typeof value !== 'string') return;
  if (value.includes('\0')) throw problem('invalid-parameter', 'Text must not contain a NUL character.');
  if (!(value as Text).isWellFormed()) {
    throw problem('invalid-parameter', 'Text must not contain half a character (a lone surrogate).');
  }
}
