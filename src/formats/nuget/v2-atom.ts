import { entityUrl, contentUrl } from './v2-links.ts';
import { properties, type V2Property, valueOf, writtenValue } from './v2-properties.ts';
import type { V2Row } from './v2-row.ts';
import { Xml, xml } from '../../lib/xml-writer.ts';

/** What a feed is made of. */
export interface V2Page {
  /** `…/v2`. */
  readonly root: string;
  /** Of the collection, `…/v2/Search`. */
  readonly self: string;
  /** `Search`, `Packages`. */
  readonly title: string;
  readonly rows: readonly V2Row[];
  /** Of all pages; `null` = not asked for. */
  readonly count: number | null;
  readonly next: string | null;
  /** Names of properties; `null` = all. */
  readonly select: ReadonlySet<string> | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

const declaration = new Xml('<?xml version="1.0" encoding="utf-8"?>');
const atom = 'http://www.w3.org/2005/Atom';
const d = 'http://schemas.microsoft.com/ado/2007/08/dataservices';
const m = `${d}/metadata`;
const scheme = `${d}/scheme`;
const none = new Xml('');

/** Clients look for the prefixes `d` and `m` by name. */
export function atomFeed({ root, self, title, rows, count, next, select, now }: V2Page): string {
  const entries = rows.map((row) => entryBody(row, select));
  return xml`${declaration}<feed xml:base="${root}" xmlns="${atom}" xmlns:d="${d}" xmlns:m="${m}">${
    count === null ? none : xml`<m:count>${count}</m:count>`
  }<id>${self}</id><title type="text">${title}</title><updated>${new Date(now).toISOString()}</updated><link rel="self" title="${title}" href="${self}"/>${entries.map(
    (entry) => xml`<entry>${entry}</entry>`,
  )}${next === null ? none : xml`<link rel="next" href="${next}"/>`}</feed>`.text;
}

/** One version alone. */
export function atomEntry(row: V2Row, select: ReadonlySet<string> | null): string {
  const { base } = row.of;
  return xml`${declaration}<entry xml:base="${base}/v2" xmlns="${atom}" xmlns:d="${d}" xmlns:m="${m}">${entryBody(row, select)}</entry>`
    .text;
}

function entryBody(row: V2Row, select: ReadonlySet<string> | null): Xml {
  const url = entityUrl(row);
  const { id, authors, summary } = row.manifest;
  const updated = new Date(Number(valueOf(row, 'LastUpdated'))).toISOString();
  const shown = [...properties].filter(([name]) => select === null || select.has(name));
  return xml`<id>${url}</id><category term="NuGetGallery.OData.V2FeedPackage" scheme="${scheme}"/><link rel="edit" title="V2FeedPackage" href="${url}"/><title type="text">${id}</title><summary type="text">${
    summary ?? ''
  }</summary><updated>${updated}</updated><author><name>${authors}</name></author><content type="application/zip" src="${contentUrl(row)}"/><m:properties>${shown.map(
    ([name, property]) => propertyElement(row, name, property),
  )}</m:properties>`;
}

/** `name` comes from our own list: it is an element's name as it is. */
function propertyElement(row: V2Row, name: string, property: V2Property): Xml {
  const value = writtenValue(row, property);
  const type = property.edm === 'Edm.String' ? '' : ` m:type="${property.edm}"`;
  if (value === null) return new Xml(`<d:${name}${type} m:null="true"/>`);
  const space = typeof value === 'string' && value !== value.trim() ? ' xml:space="preserve"' : '';
  return new Xml(`<d:${name}${type}${space}>${xml`${value}`.text}</d:${name}>`);
}
