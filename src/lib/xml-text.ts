import { TextDecoder } from 'node:util';
import { InvalidXml } from './invalid-xml.ts';

/**
 * Text of an XML document's bytes: the encoding is what a byte order mark says, else what the declaration says, else UTF-8
 * (https://www.w3.org/TR/xml/#sec-guessing). Throws `InvalidXml` when it is unknown or the bytes aren't in it.
 */
export function xmlText(document: Uint8Array): string {
  const label = markedEncoding(document) ?? declaredEncoding(document) ?? 'utf-8';
  const decoder = decoderOf(label);
  try {
    return decoder.decode(document);
  } catch {
    throw new InvalidXml(`the document isn't in the encoding ${label}`);
  }
}

function decoderOf(label: string): TextDecoder {
  try {
    return new TextDecoder(label, { fatal: true });
  } catch {
    throw new InvalidXml(`the encoding ${label} is unknown`);
  }
}

function markedEncoding([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if ((first === 0xff && second === 0xfe) || (first === 0x3c && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second === 0x3c)) return 'utf-16be';
  return null;
}

function declaredEncoding(document: Uint8Array): string | null {
  const start = Buffer.from(document.subarray(0, 200)).toString('latin1');
  const declaration = /^<\?xml\s[^>]*?\sencoding\s*=\s*["']([A-Za-z][A-Za-z0-9._-]*)["']/.exec(start);
  return declaration?.[1]?.toLowerCase() ?? null;
}
