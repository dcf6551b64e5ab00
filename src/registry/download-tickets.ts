import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Whom a ticket was given to: an account that signed in by password, or a token by its number. */
export type TicketHolder = { readonly account: number } | { readonly token: number };

export interface Ticket {
  readonly fileId: number;
  readonly holder: TicketHolder;
}

/** Milliseconds that a ticket is good for: from one request of a client to its next. */
const lifetime = 5 * 60_000;

/**
 * Tickets that let a client fetch one file without its credential. Nothing is stored: a ticket is good on every process
 * that has the same secret.
 */
export class DownloadTickets {
  readonly #secret: Buffer;

  /** `secret`: hex, as `newTicketSecret` makes it. */
  constructor(secret: string) {
    this.#secret = Buffer.from(secret, 'hex');
  }

  /** `path`: of the URL that it will stand in. Safe in a query without encoding. */
  issue({ fileId, holder }: Ticket, path: string, now: number): string {
    const kind = 'account' in holder ? 'a' : 't';
    const number = 'account' in holder ? holder.account : holder.token;
    const claims = `${fileId}-${kind}${number}-${Math.floor((now + lifetime) / 1_000)}`;
    return `${claims}-${this.#mark(claims, path).toString('base64url')}`;
  }

  /** `null` when it is forged, expired, or made for another path. */
  check(ticket: string, path: string, now: number): Ticket | null {
    const parts = /^((\d{1,15})-([at])(\d{1,15})-(\d{1,15}))-([A-Za-z0-9_-]{43})$/.exec(ticket);
    if (parts === null) return null;
    const [, claims = '', file, kind, number, until, mark = ''] = parts;
    if (!timingSafeEqual(Buffer.from(mark, 'base64url'), this.#mark(claims, path))) return null;
    if (Number(until) * 1_000 <= now) return null;
    const holder = kind === 'a' ? { account: Number(number) } : { token: Number(number) };
    return { fileId: Number(file), holder };
  }

  #mark(claims: string, path: string): Buffer {
    return createHmac('sha256', this.#secret).update(`${claims}\n${path}`).digest();
  }
}

export function newTicketSecret(): string {
  return randomBytes(32).toString('hex');
}
