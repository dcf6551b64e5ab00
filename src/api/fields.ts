/** Parameters and properties that many operations share. */
import { type TEnum, type TSchema, Type } from 'typebox';

/** PostgreSQL refuses NUL in text, and no name holds one. */
const withoutNul = '^[^\\u0000]*$';

/** A line of text that a client may send. */
export function text(description: string, options: { max?: number; min?: number; examples?: string[] } = {}) {
  const { max = 255, min = 0, examples } = options;
  return Type.String({
    description,
    maxLength: max,
    ...(min > 0 ? { minLength: min } : {}),
    pattern: withoutNul,
    ...(examples === undefined ? {} : { examples }),
  });
}

/** `:id` of a group, project, user or namespace: a number, or a full path decoded once. */
export const reference = (what: string) => text(`Number or URL-encoded path of the ${what}.`, { max: 1024 });

/** A row's number. */
export const rowId = (description: string) =>
  Type.Integer({ description, minimum: 1, maximum: Number.MAX_SAFE_INTEGER });

export const search = text('Words to look for, taken literally.');

/** The first key is the default. */
export function orderBy<Keys extends string[]>(...keys: [...Keys]): TEnum<Keys> {
  return Type.Enum<Keys>(keys, { default: keys[0], description: 'What to sort by.' });
}

export const sort = (otherwise: 'asc' | 'desc') =>
  Type.Enum(['asc', 'desc'], { default: otherwise, description: 'Direction.' });

/** ISO 8601 date, with or without a time; see `instant` in `times.ts`. */
export const time = (description: string) => text(description, { max: 40, examples: ['2030-01-31'] });

/** A role as a number. Queries and forms bring it as text: without `type` it would not be coerced. */
export const accessLevel = (description: string, options: { default?: 40 } = {}) =>
  Type.Enum([10, 20, 30, 40, 50], { type: 'integer', description, ...options });

// Properties of answers.

export const id = Type.Integer({ minimum: 1 });
export const timestamp = Type.String({ format: 'date-time' });
export function nullable<T extends TSchema>(schema: T) {
  // What it means belongs to both: to the text as to its absence.
  const { description } = schema as { description?: string };
  return Type.Union([schema, Type.Null()], description === undefined ? {} : { description });
}

/** An object of answers, printed once under its title and referred to elsewhere. */
export const listOf = <T extends TSchema>(schema: T) => Type.Array(schema);

/** Headers of every list. */
export const pageHeaderNotes = {
  'x-total': 'Number of items in all pages.',
  'x-total-pages': 'Number of pages.',
  'x-page': 'This page.',
  'x-per-page': 'Items on a page.',
  'x-next-page': 'Number of the next page; empty on the last one.',
  'x-prev-page': 'Number of the page before; empty on the first one.',
  link: 'URLs of the next, previous, first and last page.',
};
