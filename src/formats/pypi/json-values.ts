/** Looking into JSON of strangers. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own member; never one that every object has. */
export function member(object: unknown, key: string): unknown {
  return isObject(object) && Object.hasOwn(object, key) ? object[key] : undefined;
}

export function stringMember(object: unknown, key: string): string | null {
  const value = member(object, key);
  return typeof value === 'string' ? value : null;
}
