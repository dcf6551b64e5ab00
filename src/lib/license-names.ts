/**
 * Licenses by the names that people gave them before there were SPDX ids: https://spdx.org/licenses/. Maven and Python
 * packages still do.
 */

/** Tried in this order on the name in lower case, signs aside. */
const known: readonly (readonly [RegExp, string])[] = [
  [/affero.*3.*(?:later|\+)|agpl ?v?3(?: 0)? ?\+/, 'AGPL-3.0-or-later'],
  [/affero|\bagpl/, 'AGPL-3.0-only'],
  [/(?:lesser|library).*3.*(?:later|\+)|lgpl ?v?3(?: 0)? ?\+/, 'LGPL-3.0-or-later'],
  [/(?:lesser|library).*3|lgpl ?v?3/, 'LGPL-3.0-only'],
  [/(?:lesser|library).*2(?: 1)?.*(?:later|\+)|lgpl ?v?2(?: 1)? ?\+/, 'LGPL-2.1-or-later'],
  [/(?:lesser|library).*2|lgpl ?v?2/, 'LGPL-2.1-only'],
  [/general public.*3.*(?:later|\+)|\bgpl ?v?3(?: 0)? ?\+/, 'GPL-3.0-or-later'],
  [/gnu general public.*3|\bgpl ?v?3/, 'GPL-3.0-only'],
  [/general public.*2.*(?:later|\+)|\bgpl ?v?2(?: 0)? ?\+/, 'GPL-2.0-or-later'],
  [/gnu general public.*2|\bgpl ?v?2/, 'GPL-2.0-only'],
  [/\bapache\b.*\b2\b|^apache software license$|^asl 2/, 'Apache-2.0'],
  [/^(?:the )?mit(?: license)?$|^(?:the )?mit license /, 'MIT'],
  [/^(?:the )?isc license|^isc$/, 'ISC'],
  [/bsd.*(?:3 clause|new|revised|modified)|(?:3 clause|new|revised|modified).*bsd/, 'BSD-3-Clause'],
  [/bsd.*(?:2 clause|simplified|freebsd)|(?:2 clause|simplified).*bsd/, 'BSD-2-Clause'],
  [/mozilla public.*2|\bmpl ?v?2/, 'MPL-2.0'],
  [/eclipse public.*2|\bepl ?v?2/, 'EPL-2.0'],
  [/eclipse public.*1|\bepl ?v?1/, 'EPL-1.0'],
  [/^python software foundation license$|^psf/, 'PSF-2.0'],
  [/unlicense/, 'Unlicense'],
  [/^cc0|creative commons zero/, 'CC0-1.0'],
];

/** The id of a license that goes by this name; another one's name becomes `LicenseRef-<name>`. `null` = no name at all. */
export function licenseNamed(name: string): string | null {
  const text = name.trim();
  if (text === '' || text.length > 200) return null;
  if (/^[\w.+-]+$/.test(text) && /[-.]|^(?:MIT|ISC|Zlib|Unlicense|0BSD)$/.test(text) && !/^[gla]*gpl/i.test(text))
    return text;
  // SPDX's own ids of this family are taken as they are.
  if (/^(?:GPL|LGPL|AGPL)-\d\.\d(?:\+|-only|-or-later)?$/.test(text)) return text;
  const plain = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9+]+/g, ' ')
    .trim();
  // One name for several licenses is none of them.
  const isOne = !/\b(?:or|and|dual)\b/.test(plain.replace(/or (?:any )?(?:later|newer|revised)/, ''));
  const found = isOne ? known.find(([pattern]) => pattern.test(plain)) : undefined;
  return found?.[1] ?? `LicenseRef-${text.replaceAll(/[^\w.]+/g, '-').replaceAll(/^-+|-+$/g, '')}`;
}
