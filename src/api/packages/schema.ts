import { Type } from 'typebox';
import { id, nullable, orderBy, reference, rowId, sort, text, timestamp } from '../fields.ts';
import { pageQuery } from '../page.ts';

const statuses = ['default', 'hidden', 'processing', 'error', 'deprecated'] as const;

const filters = {
  sort: Type.Optional(sort('asc')),
  package_type: Type.Optional(text('Only packages of this format: `npm`, `generic`.', { max: 50 })),
  package_name: Type.Optional(text('Only names that contain this, taken literally, ignoring case.')),
  package_version: Type.Optional(text('Only this version, in full.')),
  include_versionless: Type.Optional(
    Type.Boolean({ default: false, description: 'Also packages without a version (metadata of a whole artifact).' }),
  ),
  status: Type.Optional(
    Type.Enum([...statuses], { description: 'Only this status; otherwise `default`, `error` and `deprecated`.' }),
  ),
  ...pageQuery,
};

const orders = ['created_at', 'name', 'version', 'type'] as const;

export const projectListQuery = Type.Object({ order_by: Type.Optional(orderBy(...orders)), ...filters });
export const groupListQuery = Type.Object({
  order_by: Type.Optional(orderBy(...orders, 'project_path')),
  exclude_subgroups: Type.Optional(Type.Boolean({ default: false, description: 'Leave out projects of subgroups.' })),
  ...filters,
});

export const ofProject = Type.Object({ id: reference('project') });
export const ofGroup = Type.Object({ id: reference('group') });
export const ofPackage = Type.Object({ ...ofProject.properties, package_id: rowId('Number of the package.') });
export const ofFile = Type.Object({ ...ofPackage.properties, package_file_id: rowId('Number of the file.') });

export const fileListQuery = Type.Object({
  order_by: Type.Optional(orderBy('id', 'created_at', 'file_name')),
  sort: Type.Optional(sort('asc')),
  ...pageQuery,
});

export const pipelinesQuery = Type.Object({
  cursor: Type.Optional(text('Where to continue.')),
  per_page: Type.Optional(Type.Integer({ minimum: 1, maximum: 20, default: 20, description: 'Items on a page.' })),
});

const tag = Type.Object(
  { id, package_id: id, name: Type.String(), created_at: timestamp, updated_at: timestamp },
  { title: 'PackageTag' },
);

const packageProperties = {
  id,
  name: Type.String(),
  version: nullable(Type.String()),
  package_type: Type.String(),
  status: Type.Enum([...statuses]),
  _links: Type.Object({
    web_path: Type.String(),
    delete_api_path: Type.Optional(Type.String({ description: 'Only for those who may delete the package.' })),
  }),
  created_at: timestamp,
  last_downloaded_at: nullable(timestamp),
  tags: Type.Array(tag),
  pipelines: Type.Array(Type.Unknown(), { description: 'Always empty: there is no CI here.' }),
};

export const packageSchema = Type.Object(packageProperties, { title: 'Package' });

export const groupPackageSchema = Type.Object(
  { ...packageProperties, project_id: id, project_path: Type.String() },
  { title: 'GroupPackage' },
);

export const singlePackageSchema = Type.Object(
  {
    ...packageProperties,
    versions: Type.Array(
      Type.Object({
        id,
        version: Type.String(),
        created_at: timestamp,
        tags: Type.Array(tag),
        pipelines: Type.Array(Type.Unknown()),
      }),
      { description: 'The other versions of the same name, newest first, at most 500.' },
    ),
  },
  { title: 'SinglePackage' },
);

export const packageFileSchema = Type.Object(
  {
    id,
    package_id: id,
    created_at: timestamp,
    file_name: Type.String(),
    size: Type.Integer({ description: 'Bytes.' }),
    file_md5: Type.String(),
    file_sha1: Type.String(),
    file_sha256: Type.String(),
    file_sha512: Type.String(),
    pipelines: Type.Array(Type.Unknown()),
  },
  { title: 'PackageFile' },
);

const standing = nullable(
  Type.Enum(['deprecated', 'yanked', 'unlisted'], { description: 'One that the format has; `null` = nothing.' }),
);
const packageStanding = nullable(
  Type.Enum(['archived', 'quarantined', 'deprecated'], { description: 'One that the format has; `null` = nothing.' }),
);
const reason = Type.Optional(nullable(text('Why, for those who meet it.', { max: 1_000 })));

export const standingBody = Type.Object({ standing, reason });
export const packageStandingBody = Type.Object({ standing: packageStanding, reason });

export const standingSchema = Type.Object(
  { package_id: id, name: Type.String(), version: Type.String(), standing, reason: nullable(Type.String()) },
  { title: 'PackageStanding' },
);
export const packageStandingSchema = Type.Object(
  { package_id: id, name: Type.String(), standing: packageStanding, reason: nullable(Type.String()) },
  { title: 'StandingOfAllVersions' },
);
