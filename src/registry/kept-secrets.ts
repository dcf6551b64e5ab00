import { getSetting, putSettingIfAbsent } from '../catalog/settings.ts';
import type { Database } from '../database/database.ts';
import { newTicketSecret } from './download-tickets.ts';
import { newSigningKey } from './signing-keys.ts';

export function signingKey(database: Database): Promise<string> {
  return keptSecret(database, 'signing_key', newSigningKey);
}

export function ticketSecret(database: Database): Promise<string> {
  return keptSecret(database, 'ticket_secret', newTicketSecret);
}

export function traceSecret(database: Database): Promise<string> {
  return keptSecret(database, 'trace_secret', newTicketSecret);
}

/** A secret of the instance: made once, whichever process comes first, and the same ever after. */
export async function keptSecret(
  database: Database,
  name: string,
  make: () => string | Promise<string>,
): Promise<string> {
  const known = await getSetting(database, name);
  if (known !== undefined) return known;
  const made = await make();
  await database.transaction((tx) => putSettingIfAbsent(tx, name, made));
  return (await getSetting(database, name)) ?? made;
}
