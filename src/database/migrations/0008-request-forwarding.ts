import type { Migration } from './migration.ts';

/** Where clients are sent on to public registries for what isn't here. */
export const requestForwarding: Migration = {
  id: '0008-request-forwarding',
  statements: ({ identity, bigint, text }) => [
    // `place`: `instance`, `namespace 1`, `project 1`; the two numbers are there so that a row goes with what it is about.
    `create table request_forwarding (
      id ${identity},
      place ${text} not null,
      namespace_id ${bigint} references namespace (id) on delete cascade,
      project_id ${bigint} references project (id) on delete cascade,
      format ${text} not null,
      forwards integer,
      locked integer not null default 0,
      unique (place, format)
    )`,
    `create index request_forwarding_namespace on request_forwarding (namespace_id)`,
    `create index request_forwarding_project on request_forwarding (project_id)`,
  ],
};
