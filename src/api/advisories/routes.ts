/** Known vulnerabilities: ours, GitLab shows them on pages only. */
import { Type } from 'typebox';
import { ecosystemsOf } from '../../advisories/ecosystems.ts';
import { importAdvisories } from '../../advisories/import-advisories.ts';
import type { DumpEntry } from '../../advisories/read-dump.ts';
import { advisoriesOf } from '../../catalog/advisories.ts';
import type { Advisory } from '../../catalog/advisory-shape.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import { id, listOf, text, timestamp } from '../fields.ts';
import { operation } from '../operation.ts';
import { administratorOnly } from '../place.ts';
import { isoTime } from '../times.ts';

const facts = { tag: 'Advisories', needs: 'caller' } as const;

const advisorySchema = Type.Object(
  {
    id,
    osv_id: Type.String({ description: 'OSV’s id: `GHSA-…`, `PYSEC-…`.' }),
    summary: Type.String(),
    severity: Type.Enum(['low', 'moderate', 'high', 'critical']),
    url: Type.String(),
    aliases: listOf(Type.String()),
    affected: Type.Object({}, { description: 'Ranges and versions, in the format’s order.' }),
    published_at: timestamp,
    modified_at: timestamp,
  },
  { title: 'Advisory' },
);

function present({ osvId, publishedAt, modifiedAt, ...advisory }: Advisory) {
  const { summary, severity, url, aliases, affected } = advisory;
  return {
    id: advisory.id,
    osv_id: osvId,
    summary,
    severity,
    url,
    aliases,
    affected,
    published_at: isoTime(publishedAt),
    modified_at: isoTime(modifiedAt),
  };
}

const list = operation({
  ...facts,
  method: 'GET',
  id: 'list_advisories',
  path: '/advisories',
  summary: 'Lists what is known of a package',
  description: 'Whether or not the package is here. Advisories are imported from OSV; nothing is asked elsewhere.',
  query: Type.Object({
    package_type: Type.Optional(text('The package’s format: `npm`. Required.')),
    package_name: Type.Optional(text('Its name, as its format writes it. Required.')),
  }),
  responses: { 200: { description: 'All of them, oldest first.', schema: listOf(advisorySchema) } },
  handler: async (context, { query }) => {
    const { package_type: format = '', package_name: name = '' } = query;
    const found = await advisoriesOf(context.database, format, [nameKey(context, format, name)]);
    return { status: 200, body: found.map(present) };
  },
});

function nameKey({ formats }: ApiContext, id: string, name: string): string {
  const format = formats.find((each) => each.id === id);
  if (format?.advisories === undefined) throw problem('invalid-parameter', 'package_type does not have a valid value');
  const key = format.advisories.nameKey(name);
  if (key === null) throw problem('invalid-parameter', 'package_name does not have a valid value');
  return key;
}

const reportSchema = Type.Object(
  {
    kept: Type.Integer({ description: 'Put in, new or renewed.' }),
    withdrawn: Type.Integer(),
    irrelevant: Type.Integer({ description: 'Of ecosystems that are not served here.' }),
    unreadable: Type.Integer(),
    mistakes: listOf(Type.String()),
  },
  { title: 'AdvisoryImport' },
);

const put = operation({
  ...facts,
  method: 'POST',
  id: 'import_advisories',
  path: '/advisories',
  summary: 'Takes in records of OSV',
  description:
    'Only for administrators. For whole dumps use `packyard advisories import`. https://ossf.github.io/osv-schema/',
  body: Type.Object({
    advisories: Type.Array(Type.Object({}), { minItems: 1, maxItems: 20, description: 'Records of OSV.' }),
  }),
  responses: { 200: { description: 'What became of them.', schema: reportSchema } },
  handler: async (context, { body }) => {
    administratorOnly(context);
    const report = await importAdvisories(context.database, entriesOf(body.advisories), ecosystemsOf(context.formats));
    return { status: 200, body: report };
  },
});

async function* entriesOf(records: readonly object[]): AsyncGenerator<DumpEntry> {
  for (const [index, record] of records.entries()) {
    yield { place: `advisories[${index}]`, text: JSON.stringify(record) };
  }
}

export const advisoryOperations = [list, put];
