/** PostgreSQL's types as the contract's values. Numbers of the types in `pg_type.dat`, which never change. */
import { UnreadableValue } from './postgres-errors.ts';

type Parser = (text: string) => unknown;

const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const INT2 = 21;
const INT4 = 23;
const NUMERIC = 1700;

const asText: Parser = (text) => text;

const parsers: Readonly<Record<number, Parser>> = {
  [BOOL]: (text) => (text === 't' ? 1 : 0),
  [BYTEA]: (text) => Buffer.from(text.slice(2), 'hex'),
  [INT2]: Number,
  [INT4]: Number,
  [INT8]: safeInteger,
  [NUMERIC]: safeInteger,
};

/** As `pg` asks for it. Everything arrives as text. */
export const types = { getTypeParser: (oid: number): Parser => parsers[oid] ?? asText };

function safeInteger(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw new UnreadableValue(`The database holds ${text}, which is no safe integer.`);
  return number;
}
