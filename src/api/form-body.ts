/**
 * Reads `application/x-www-form-urlencoded` as GitLab does: `scopes[]=api&scopes[]=read_api` gives an array,
 * `user[name]=x` an object. Values stay strings; the operation's schema coerces them. Keys such as `__proto__` stay
 * inert, and what nests deeper than five levels is left out.
 */
export function formBody(text: string): Record<string, unknown> {
  const form = emptyObject();
  for (const [key, value] of new URLSearchParams(text)) {
    const path = segments(key);
    if (path !== null) place(form, path, value);
  }
  return form;
}

const deepest = 5;

/** `a[b][]` → `['a', 'b', '']`; `null` when the brackets don't match or there are too many. */
function segments(key: string): string[] | null {
  const match = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(key);
  if (match === null) return null;
  const inner = match[2] === undefined || match[2] === '' ? [] : match[2].slice(1, -1).split('][');
  return inner.length < deepest ? [match[1] ?? '', ...inner] : null;
}

function place(form: Record<string, unknown>, [head = '', ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) form[head] = value;
  else if (rest.length === 1 && rest[0] === '') (form[head] = asArray(form[head])).push(value);
  else if (rest[0] !== '') place((form[head] = asObject(form[head])), rest, value);
}

function asArray(value: unknown): unknown[] & object {
  return Array.isArray(value) ? value : [];
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : emptyObject();
}

function emptyObject(): Record<string, unknown> {
  return Object.create(null) as Record<string, unknown>;
}
