/** https://docs.gitlab.com/api/projects/ */
import { listOf, pageHeaderNotes } from '../fields.ts';
import { forwardingNote } from '../forwarding-fields.ts';
import { operation } from '../operation.ts';
import { unlessPathTaken } from '../path-taken.ts';
import { projectFor } from '../place.ts';
import { changeProject, dropProject, makeProject } from './change.ts';
import { allProjects, projectsOfGroup } from './list.ts';
import { presentOne } from './present.ts';
import * as schema from './schema.ts';

const tag = 'Projects';
const project = { description: 'The project.', schema: schema.projectSchema };
const projects = {
  description: 'A page of projects.',
  schema: listOf(schema.projectSchema),
  headers: pageHeaderNotes,
};

const list = operation({
  tag,
  needs: 'nothing',
  id: 'list_projects',
  method: 'GET',
  path: '/projects',
  summary: 'Lists projects',
  description: 'Those that the caller may see.',
  query: schema.projectListQuery,
  responses: { 200: projects },
  handler: allProjects,
});

const listOfGroup = operation({
  tag,
  needs: 'nothing',
  id: 'list_group_projects',
  method: 'GET',
  path: '/groups/:id/projects',
  summary: "Lists a group's projects",
  params: schema.ofGroup,
  query: schema.groupProjectsQuery,
  responses: { 200: projects },
  handler: projectsOfGroup,
});

const get = operation({
  tag,
  needs: 'nothing',
  id: 'get_project',
  method: 'GET',
  path: '/projects/:id',
  summary: 'Shows a project',
  params: schema.ofProject,
  responses: { 200: project },
  handler: async (context, { params }) => ({
    status: 200,
    body: await presentOne(context, await projectFor(context, params.id, 'read-project')),
  }),
});

const create = operation({
  tag,
  needs: 'caller',
  id: 'create_project',
  method: 'POST',
  path: '/projects',
  summary: 'Creates a project',
  description: 'In a group this needs the developer role there.',
  body: schema.newProject,
  responses: { 201: project },
  handler: (context, { body }) =>
    unlessPathTaken(async () => ({ status: 201, body: await presentOne(context, await makeProject(context, body)) })),
});

const update = operation({
  tag,
  needs: 'caller',
  id: 'update_project',
  method: 'PUT',
  path: '/projects/:id',
  summary: 'Changes a project',
  description: `Needs the maintainer role; path and visibility need the owner role. ${forwardingNote}`,
  params: schema.ofProject,
  body: schema.projectChanges,
  responses: { 200: project },
  handler: (context, { params, body }) =>
    unlessPathTaken(async () => ({
      status: 200,
      body: await presentOne(context, await changeProject(context, params.id, body)),
    })),
});

const remove = operation({
  tag,
  needs: 'caller',
  id: 'delete_project',
  method: 'DELETE',
  path: '/projects/:id',
  summary: 'Deletes a project',
  description: 'With its packages, members and tokens. Needs the owner role.',
  params: schema.ofProject,
  responses: { 202: { description: 'Deleted.' } },
  handler: async (context, { params }) => {
    await dropProject(context, params.id);
    return { status: 202, body: { message: '202 Accepted' } };
  },
});

export const projectOperations = [list, listOfGroup, get, create, update, remove];
