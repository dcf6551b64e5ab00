/** JSON text of an object whose values are JSON texts already; `undefined` ones are left out, as `JSON.stringify` does. */
export function objectText(members: Iterable<readonly [key: string, value: string | undefined]>): string {
  const texts: string[] = [];
  for (const [key, value] of members) if (value !== undefined) texts.push(`${JSON.stringify(key)}:${value}`);
  return `{${texts.join()}}`;
}

/** The members of an object, as `objectText` takes them, but for those named. */
export function membersOf(
  object: Readonly<Record<string, unknown>>,
  except: ReadonlySet<string> = new Set(),
): (readonly [string, string | undefined])[] {
  return Object.entries(object)
    .filter(([key]) => !except.has(key))
    .map(([key, value]) => [key, JSON.stringify(value) as string | undefined] as const);
}
