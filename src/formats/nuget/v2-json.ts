import type { V2Page } from './v2-atom.ts';
import { contentUrl, entityUrl } from './v2-links.ts';
import { properties, writtenValue } from './v2-properties.ts';
import type { V2Row } from './v2-row.ts';

/** `{"d":{"results":[…],"__count":"7","__next":"…"}}`: https://www.odata.org/documentation/odata-version-2-0/json-format/. */
export function jsonFeed({ rows, count, next, select }: V2Page): unknown {
  return {
    d: {
      results: rows.map((row) => jsonObject(row, select)),
      ...(count === null ? {} : { __count: String(count) }),
      ...(next === null ? {} : { __next: next }),
    },
  };
}

export function jsonEntry(row: V2Row, select: ReadonlySet<string> | null): unknown {
  return { d: jsonObject(row, select) };
}

function jsonObject(row: V2Row, select: ReadonlySet<string> | null): Readonly<Record<string, unknown>> {
  const uri = entityUrl(row);
  const shown = [...properties].filter(([name]) => select === null || select.has(name));
  return {
    __metadata: {
      id: uri,
      uri,
      type: 'NuGetGallery.OData.V2FeedPackage',
      edit_media: uri,
      media_src: contentUrl(row),
      content_type: 'application/zip',
    },
    ...Object.fromEntries(
      shown.map(([name, property]) => {
        const value = writtenValue(row, property);
        const wide = property.edm === 'Edm.Int64' && value !== null;
        return [name, wide ? String(value) : value];
      }),
    ),
  };
}
