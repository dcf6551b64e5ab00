/** https://docs.gitlab.com/api/audit_events/ */
import { type Static, Type } from 'typebox';
import { type AuditFilter, type AuditRow, findAuditEvent, listAuditEvents } from '../../catalog/audit-list.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import { id, listOf, nullable, pageHeaderNotes, reference, rowId, sort, text, time, timestamp } from '../fields.ts';
import { operation, type PlainAnswer } from '../operation.ts';
import { pageAnswer, pageOf, pageQuery } from '../page.ts';
import { administratorOnly, projectFor } from '../place.ts';
import { instant, isoTime } from '../times.ts';

const facts = { tag: 'Audit events', method: 'GET', needs: 'caller', scopes: ['api'] } as const;

const listQuery = Type.Object({
  created_after: Type.Optional(time('Only events from this moment on, ISO 8601.')),
  created_before: Type.Optional(time('Only events up to this moment, ISO 8601.')),
  action: Type.Optional(text('Only this action: `package.publish`, `token.create`.')),
  actor: Type.Optional(text('Only what this one did: `user:ada`, `deploy-token:7`, `system`.')),
  subject: Type.Optional(text('Only what was done to something whose name contains this.')),
  sort: Type.Optional(sort('desc')),
  ...pageQuery,
});

const eventSchema = Type.Object(
  {
    id,
    event_name: Type.String({ description: 'What was done.' }),
    author_name: Type.String({ description: 'Who did it.' }),
    entity_type: Type.Enum(['Project', 'Instance']),
    entity_id: nullable(id),
    target: Type.String({ description: 'What it was done to.' }),
    details: Type.Object({}, { description: 'What more is known; never a secret.' }),
    created_at: timestamp,
  },
  { title: 'AuditEvent' },
);

const page200 = { description: 'A page of events.', schema: listOf(eventSchema), headers: pageHeaderNotes };

function present(row: AuditRow) {
  return {
    id: row.id,
    event_name: row.action,
    author_name: row.actor,
    entity_type: row.projectId === null ? 'Instance' : 'Project',
    entity_id: row.projectId,
    target: row.subject,
    details: JSON.parse(row.details) as unknown,
    created_at: isoTime(row.at),
  };
}

async function listed(
  context: ApiContext,
  where: Pick<AuditFilter, 'projectId'>,
  query: Static<typeof listQuery>,
  url: string,
): Promise<PlainAnswer> {
  const page = pageOf(query);
  const filter: AuditFilter = {
    ...where,
    ...(query.created_after === undefined ? {} : { after: instant(query.created_after, 'created_after') }),
    ...(query.created_before === undefined ? {} : { before: instant(query.created_before, 'created_before') }),
    ...(query.action === undefined ? {} : { action: query.action }),
    ...(query.actor === undefined ? {} : { actor: query.actor }),
    ...(query.subject === undefined ? {} : { subject: query.subject }),
  };
  const { items, total } = await listAuditEvents(context.database, filter, {
    limit: page.size,
    offset: page.offset,
    order: { by: 'id', direction: query.sort ?? 'desc' },
  });
  return pageAnswer(items.map(present), total, page, { origin: context.origin, url });
}

const list = operation({
  ...facts,
  id: 'list_audit_events',
  path: '/audit_events',
  summary: 'Lists what was done on the server',
  description: 'Only for administrators. Newest first.',
  query: listQuery,
  responses: { 200: page200 },
  handler: async (context, { query, url }) => {
    administratorOnly(context);
    return listed(context, {}, query, url);
  },
});

const get = operation({
  ...facts,
  id: 'get_audit_event',
  path: '/audit_events/:id',
  summary: 'Shows an event',
  description: 'Only for administrators.',
  params: Type.Object({ id: rowId('Number of the event.') }),
  responses: { 200: { description: 'The event.', schema: eventSchema } },
  handler: async (context, { params }) => {
    administratorOnly(context);
    const row = await findAuditEvent(context.database, params.id);
    if (row === undefined) throw problem('not-found', 'There is no such event.');
    return { status: 200, body: present(row) };
  },
});

const listOfProject = operation({
  ...facts,
  id: 'list_project_audit_events',
  path: '/projects/:id/audit_events',
  summary: 'Lists what was done in a project',
  description: 'Needs the maintainer role. Newest first.',
  params: Type.Object({ id: reference('project') }),
  query: listQuery,
  responses: { 200: page200 },
  handler: async (context, { params, query, url }) => {
    const project = await projectFor(context, params.id, 'admin-project');
    return listed(context, { projectId: project.id }, query, url);
  },
});

export const auditEventOperations = [list, get, listOfProject];
