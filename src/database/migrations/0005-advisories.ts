import type { Migration } from './migration.ts';

/** What is known of vulnerable versions, imported from OSV: https://ossf.github.io/osv-schema/ */
export const advisories: Migration = {
  id: '0005-advisories',
  statements: ({ identity, bigint, text }) => [
    `create table advisory (
      id ${identity},
      osv_id ${text} not null unique,
      summary ${text} not null,
      details ${text} not null,
      severity ${text} not null,
      cvss_score ${text},
      cvss_vector ${text},
      cwes ${text} not null,
      aliases ${text} not null,
      url ${text} not null,
      published_at ${bigint} not null,
      modified_at ${bigint} not null
    )`,

    `create table advisory_package (
      format ${text} not null,
      name_key ${text} not null,
      advisory_id ${bigint} not null references advisory (id) on delete cascade,
      affected ${text} not null,
      primary key (format, name_key, advisory_id)
    )`,
    `create index advisory_package_advisory on advisory_package (advisory_id)`,
  ],
};
