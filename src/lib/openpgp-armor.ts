import { InvalidOpenPgp } from './openpgp-packets.ts';

/** ASCII armour. https://www.rfc-editor.org/rfc/rfc9580.html#name-forming-ascii-armor */
export function armor(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  const sum = Buffer.alloc(3);
  sum.writeUIntBE(crc24(bytes), 0, 3);
  return [
    `-----BEGIN PGP ${label}-----`,
    '',
    ...lines,
    `=${sum.toString('base64')}`,
    `-----END PGP ${label}-----`,
    '',
  ].join('\n');
}

/** The bytes of the one armoured block in a text; its checksum, which is optional now, is compared where it stands. */
export function dearmor(label: string, text: string): Buffer {
  const begin = `-----BEGIN PGP ${label}-----`;
  const lines = text
    .replaceAll('\r', '')
    .split('\n')
    .map((line) => line.trimEnd());
  const first = lines.indexOf(begin);
  const last = lines.indexOf(`-----END PGP ${label}-----`);
  if (first < 0 || last < first) throw new InvalidOpenPgp(`The text is no "${begin}" block.`);
  if (lines.indexOf(begin, first + 1) >= 0) throw new InvalidOpenPgp(`The text has several "${begin}" blocks.`);
  const empty = lines.indexOf('', first);
  const content = lines.slice(empty > first && empty < last ? empty + 1 : first + 1, last);
  const sum = content.at(-1)?.startsWith('=') === true ? (content.pop() ?? '') : null;
  const encoded = content.join('');
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded === '')
    throw new InvalidOpenPgp('The armour holds no base64.');
  const bytes = Buffer.from(encoded, 'base64');
  if (sum !== null && Buffer.from(sum.slice(1), 'base64').readUIntBE(0, 3) !== crc24(bytes)) {
    throw new InvalidOpenPgp('The checksum of the armour is wrong.');
  }
  return bytes;
}

function crc24(bytes: Buffer): number {
  let sum = 0xb704ce;
  for (const byte of bytes) {
    sum ^= byte << 16;
    for (let bit = 0; bit < 8; bit++) {
      sum <<= 1;
      if ((sum & 0x1000000) !== 0) sum ^= 0x1864cfb;
    }
  }
  return sum & 0xffffff;
}
