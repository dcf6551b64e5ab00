import { expect, test } from 'vitest';
import { DownloadTickets, newTicketSecret } from './download-tickets.ts';

const secret = newTicketSecret();
const tickets = new DownloadTickets(secret);
const path = 'modules/acme/hello/local/1.0.0';
const now = 1_750_000_000_000;

test('a ticket says whose it is and for what, on every process with the secret', () => {
  for (const holder of [{ account: 7 }, { token: 8 }]) {
    const ticket = tickets.issue({ fileId: 12, holder }, path, now);
    expect(ticket).toMatch(/^[A-Za-z0-9_-]+$/);
    expect(new DownloadTickets(secret).check(ticket, path, now)).toEqual({ fileId: 12, holder });
  }
});

test('a ticket is for one path, five minutes and one secret', () => {
  const ticket = tickets.issue({ fileId: 12, holder: { token: 8 } }, path, now);
  expect(tickets.check(ticket, path, now + 299_000)).not.toBeNull();
  expect(tickets.check(ticket, path, now + 300_000)).toBeNull();
  expect(tickets.check(ticket, `${path}1`, now)).toBeNull();
  expect(new DownloadTickets(newTicketSecret()).check(ticket, path, now)).toBeNull();
});

test('no single character of it may be another', () => {
  const ticket = tickets.issue({ fileId: 12, holder: { token: 8 } }, path, now);
  // The last one has two bits that nothing reads.
  for (let at = 0; at < ticket.length - 1; at++) {
    const other = ticket[at] === '1' ? '2' : '1';
    expect(tickets.check(`${ticket.slice(0, at)}${other}${ticket.slice(at + 1)}`, path, now)).toBeNull();
  }
  for (const broken of ['', 'x', `${ticket}x`, `${ticket}\n`, ticket.replaceAll('-', '.')]) {
    expect(tickets.check(broken, path, now)).toBeNull();
  }
});
