/** https://docs.gitlab.com/api/packages/ */
import { findFileById } from '../../catalog/files.ts';
import { listFiles } from '../../catalog/file-list.ts';
import { otherVersions, tagsOfVersions } from '../../catalog/package-list.ts';
import { isDownloadable } from '../../catalog/version-shape.ts';
import { problem } from '../../problems/problem.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { mayOnProject } from '../place.ts';
import { packageFor } from './find.ts';
import { groupPackages, projectPackages } from './list.ts';
import { packageTypeOf } from './package-types.ts';
import { presentFile, presentOtherVersion, presentPackage } from './present.ts';
import * as schema from './schema.ts';
import { standingOperations } from './standing.ts';
import { unmodifiedSince } from './unmodified-since.ts';

const tag = 'Packages';
const readScopes = ['api', 'read_api', 'read_package_registry', 'write_package_registry'] as const;
const writeScopes = ['api', 'write_package_registry'] as const;
const reading = { tag, needs: 'nothing', scopes: readScopes } as const;
const deleting = { tag, needs: 'caller', scopes: writeScopes } as const;

const mostOtherVersions = 500;

const listOfProject = operation({
  ...reading,
  id: 'list_project_packages',
  method: 'GET',
  path: '/projects/:id/packages',
  summary: "Lists a project's packages",
  description: 'One entry for each version.',
  params: schema.ofProject,
  query: schema.projectListQuery,
  responses: {
    200: { description: 'A page of packages.', schema: listOf(schema.packageSchema), headers: pageHeaderNotes },
  },
  handler: projectPackages,
});

const listOfGroup = operation({
  ...reading,
  id: 'list_group_packages',
  method: 'GET',
  path: '/groups/:id/packages',
  summary: "Lists the packages of a group's projects",
  description: 'Only those in projects whose packages the caller may read.',
  params: schema.ofGroup,
  query: schema.groupListQuery,
  responses: {
    200: { description: 'A page of packages.', schema: listOf(schema.groupPackageSchema), headers: pageHeaderNotes },
  },
  handler: groupPackages,
});

const get = operation({
  ...reading,
  id: 'get_package',
  method: 'GET',
  path: '/projects/:id/packages/:package_id',
  summary: 'Shows a package',
  params: schema.ofPackage,
  responses: { 200: { description: 'The package.', schema: schema.singlePackageSchema } },
  handler: async (context, { params }) => {
    const { project, item } = await packageFor(context, params, 'read-package', ['default', 'deprecated']);
    const others = await otherVersions(context.database, item, mostOtherVersions);
    const tags = await tagsOfVersions(context.database, [item.id, ...others.map((other) => other.id)]);
    const mayDelete = await mayOnProject(context, 'delete-package', project);
    return {
      status: 200,
      body: {
        ...presentPackage(item, {
          tags,
          mayDelete,
          origin: context.origin,
          packageType: packageTypeOf(context, item.format),
        }),
        versions: others.map((other) => presentOtherVersion(other, tags)),
      },
    };
  },
});

const remove = operation({
  ...deleting,
  id: 'delete_package',
  method: 'DELETE',
  path: '/projects/:id/packages/:package_id',
  summary: 'Deletes a package',
  description:
    'Removes one version with its files. With `If-Unmodified-Since`, only when it has not changed since that time.',
  params: schema.ofPackage,
  responses: { 204: { description: 'Deleted.' }, 412: { description: 'It changed since.' } },
  handler: async (context, { params, headers }) => {
    const { item } = await packageFor(context, params, 'delete-package');
    unmodifiedSince(headers['if-unmodified-since'], item.updatedAt);
    await context.packages.remove(item.id, context.caller);
    return { status: 204 };
  },
});

const pipelines = operation({
  ...reading,
  id: 'list_package_pipelines',
  method: 'GET',
  path: '/projects/:id/packages/:package_id/pipelines',
  summary: 'Lists the pipelines that built a package',
  description: 'Always empty: there is no CI here. Kept for tools that ask.',
  params: schema.ofPackage,
  query: schema.pipelinesQuery,
  responses: { 200: { description: 'An empty list.' } },
  handler: async (context, { params }) => {
    await packageFor(context, params, 'read-package', ['default', 'deprecated']);
    return { status: 200, body: [] };
  },
});

const files = operation({
  ...reading,
  id: 'list_package_files',
  method: 'GET',
  path: '/projects/:id/packages/:package_id/package_files',
  summary: "Lists a package's files",
  params: schema.ofPackage,
  query: schema.fileListQuery,
  responses: {
    200: { description: 'A page of files.', schema: listOf(schema.packageFileSchema), headers: pageHeaderNotes },
  },
  handler: async (context, { params, query, url }) => {
    const { item } = await packageFor(context, params, 'read-package');
    const page = pageOf(query);
    const orders = { id: 'id', created_at: 'createdAt', file_name: 'name' } as const;
    const { items, total } = await listFiles(context.database, item.id, {
      limit: page.size,
      offset: page.offset,
      order: { by: orders[query.order_by ?? 'id'], direction: query.sort ?? 'asc' },
    });
    const presented = items.map((file) => presentFile(file, item.id));
    return pageAnswer(presented, total, page, { origin: context.origin, url });
  },
});

const download = operation({
  ...reading,
  id: 'download_package_file',
  method: 'GET',
  path: '/projects/:id/packages/:package_id/package_files/:package_file_id/download',
  summary: 'Downloads a file',
  description: 'Answers conditional and range requests. Counts as a download.',
  params: schema.ofFile,
  responses: { 200: { description: 'The bytes.' }, 206: { description: 'The part asked for.' } },
  handler: async (context, { params }) => {
    const { item } = await packageFor(context, params, 'read-package');
    const file = await findFileById(context.database, params.package_file_id);
    if (file?.versionId !== item.id || !isDownloadable(item.status)) throw problem('file-not-found');
    const downloadName = file.name.slice(file.name.lastIndexOf('/') + 1);
    return { file, mediaType: 'application/octet-stream', downloadName };
  },
});

const removeFile = operation({
  ...deleting,
  id: 'delete_package_file',
  method: 'DELETE',
  path: '/projects/:id/packages/:package_id/package_files/:package_file_id',
  summary: 'Deletes a file of a package',
  params: schema.ofFile,
  responses: { 204: { description: 'Deleted.' } },
  handler: async (context, { params }) => {
    const { item } = await packageFor(context, params, 'delete-package');
    const file = await findFileById(context.database, params.package_file_id);
    if (file?.versionId !== item.id) throw problem('file-not-found');
    await context.packages.removeFile(file.id, context.caller);
    return { status: 204 };
  },
});

export const packageOperations = [
  listOfProject,
  listOfGroup,
  get,
  remove,
  pipelines,
  files,
  download,
  removeFile,
  ...standingOperations,
];
