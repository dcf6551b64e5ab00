const imfFixdate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/;
const rfc850 = /^[A-Z][a-z]{5,8}, \d{2}-[A-Z][a-z]{2}-\d{2} \d{2}:\d{2}:\d{2} GMT$/;
const asctime = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d{2}:\d{2}:\d{2} \d{4}$/;

/**
 * A date of RFC 9110 section 5.6.7 as milliseconds since the epoch, in any of its three forms; `null` when it is none of
 * them. `Date.parse` alone takes much that isn't a date of HTTP, and reads asctime as local time.
 */
export function parseHttpDate(text: string): number | null {
  let time = Number.NaN;
  if (imfFixdate.test(text)) time = Date.parse(text);
  else if (rfc850.test(text)) time = Date.parse(text.replaceAll('-', ' '));
  else if (asctime.test(text)) time = Date.parse(`${text} GMT`);
  return Number.isNaN(time) ? null : time;
}

/** Milliseconds since the epoch as HTTP writes dates: `Sun, 06 Nov 1994 08:49:37 GMT`. */
export function formatHttpDate(time: number): string {
  return new Date(time).toUTCString();
}
