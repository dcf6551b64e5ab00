import type { FormatRequest } from '../format.ts';
import { problem } from '../../problems/problem.ts';

/** Enough for the body of any command that isn't a whole document. */
const smallBody = 64 * 1024;

/** A parsed body. Its keys are the client's: read them with `member`, since they may be `constructor` or `__proto__`. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A request's body, which must be a JSON object: `invalid-json` or `invalid-request` otherwise. */
export async function jsonObject(request: FormatRequest, limit = smallBody): Promise<JsonObject> {
  const body = await request.json(limit);
  if (!isObject(body)) throw problem('invalid-request', 'The body must be a JSON object.');
  return body;
}

/** A member that the client put there itself, never one that every object inherits. */
export function member(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A member that must be text, and not empty. */
export function requiredText(object: JsonObject, key: string): string {
  const text = optionalText(object, key);
  if (text === null || text === '') throw problem('invalid-parameter', `"${key}" not given`);
  return text;
}

/** A member that is text, or absent: `null` then. */
export function optionalText(object: JsonObject, key: string): string | null {
  const value = member(object, key);
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw problem('invalid-parameter', `"${key}" must be text.`);
  return storableText(value, `"${key}"`);
}

/** Refuses what no database column of text can hold: NUL and lone surrogates. */
export function storableText(text: string, what: string): string {
  if (text.includes('\0') || /\p{Cs}/u.test(text)) {
    throw problem('invalid-parameter', `${what} has a character that can't be stored.`);
  }
  return text;
}
