/** Bodies of requests as text that can be sent again byte by byte: what isn't text stands there in Base64. */
import { readable } from './transcript.ts';

/** What every client's own boundary is written as. */
const boundary = 'the-boundary';

export function writtenType(contentType: string): string {
  const own = boundaryOf(contentType);
  return own === null ? contentType : contentType.replace(own, boundary);
}

export function writtenBody(bytes: Buffer, contentType: string): string {
  const own = boundaryOf(contentType);
  return own === null ? writtenContent(bytes) : writtenForm(bytes, own);
}

/** The bytes that were written; lines of a form end as HTTP wants it. */
export function sentBody(text: string, contentType: string): Buffer {
  if (text === '' || boundaryOf(contentType) === null) return sentLine(text);
  const lines = text.split('\n').map((line) => sentLine(line.replace(/\r$/, '')));
  return Buffer.concat(lines.flatMap((line) => [line, Buffer.from('\r\n')]));
}

function boundaryOf(contentType: string): string | null {
  return /^multipart\/.*boundary="?([^";]+)/.exec(contentType)?.[1] ?? null;
}

/** Each part as it came, but its content when that is no line of text. */
function writtenForm(bytes: Buffer, own: string): string {
  const parts = bytes.toString('latin1').split(`--${own}`);
  return parts.map(writtenPart).join(`--${boundary}`).replaceAll('\r\n', '\n').trim();
}

function writtenPart(part: string): string {
  const start = part.indexOf('\r\n\r\n') + 4;
  if (start < 4) return part;
  // nuget.exe 2.8 ends its last part with LF alone; it is sent again with CRLF.
  const content = Buffer.from(part.slice(start).replace(/\r?\n$/, ''), 'latin1');
  return `${part.slice(0, start)}${isLine(content) ? content.toString() : base64(content)}\r\n`;
}

function writtenContent(bytes: Buffer): string {
  const text = readable(bytes);
  // A transcript keeps no line ends around a body.
  const isKept = isJson(bytes) || text === bytes.toString();
  return isKept && !/^<\d+ bytes>$/.test(text) ? text : base64(bytes);
}

function isJson(bytes: Buffer): boolean {
  try {
    JSON.parse(bytes.toString());
    return true;
  } catch {
    return false;
  }
}

function sentLine(line: string): Buffer {
  const encoded = /^<base64 (.*)>$/.exec(line)?.[1];
  return encoded === undefined ? Buffer.from(line) : Buffer.from(encoded, 'base64');
}

function isLine(bytes: Buffer): boolean {
  return /^[ -~]*$/.test(bytes.toString('latin1')) && !bytes.toString('latin1').startsWith('<base64 ');
}

function base64(bytes: Buffer): string {
  return `<base64 ${bytes.toString('base64')}>`;
}
