import type { Migration } from './migration.ts';

/** What formats with many files a version need: words about one file, about a whole package, and names that stay taken. */
export const filesOfFormats: Migration = {
  id: '0002-files-of-formats',
  statements: ({ bigint, text }) => [
    `alter table file add column details ${text}`,
    `alter table package add column standing ${text}`,
    `alter table package add column standing_reason ${text}`,

    // A name that was published stays taken after its file is gone: other bytes must not come under it.
    `create table removed_file (
      project_id ${bigint} not null references project (id) on delete cascade,
      format ${text} not null,
      name_key ${text} not null,
      unique_key ${text} not null,
      sha256 ${text} not null,
      removed_at ${bigint} not null,
      primary key (project_id, format, name_key, unique_key)
    )`,

    // Asked when an account is removed.
    `create index version_publisher on version (publisher_id)`,
  ],
};
