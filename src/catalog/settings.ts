import type { Session } from '../database/database.ts';

/** Facts about the whole instance, by name. */
export async function getSetting(session: Session, name: string): Promise<string | undefined> {
  return (await session.get<{ value: string }>('select value from setting where name = ?', [name]))?.value;
}

/** `true` when this call wrote it: of several callers at once, exactly one is told so. */
export async function putSettingIfAbsent(tx: Session, name: string, value: string): Promise<boolean> {
  const rows = await tx.run('insert into setting (name, value) values (?, ?) on conflict (name) do nothing', [
    name,
    value,
  ]);
  return rows === 1;
}
