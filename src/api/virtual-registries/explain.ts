import { Type } from 'typebox';
import { asPackageReader } from '../../access/package-reader.ts';
import { problem } from '../../problems/problem.ts';
import { nullable, timestamp } from '../fields.ts';
import { operation } from '../operation.ts';
import { presentExplanation, presentTrace } from './present-explanation.ts';
import { formatFor, registryFor } from './find.ts';
import * as schema from './schema.ts';

const step = Type.Object({
  member: Type.String(),
  kind: Type.String(),
  outcome: Type.String({ description: '`found`, `absent`, `failed`, `not-allowed`, or `not-asked`.' }),
  detail: nullable(Type.String()),
  checked_at: nullable(Type.String({ format: 'date-time', description: 'When the upstream last said so.' })),
  age_seconds: nullable(Type.Integer()),
  stale: Type.Boolean(),
  versions: nullable(Type.Integer()),
  hidden: Type.Array(Type.Object({ version: nullable(Type.String()), rule: Type.String(), reason: Type.String() })),
  dry_run: Type.Boolean({ description: 'What is hidden is shown all the same.' }),
  warnings: Type.Array(
    Type.Object({
      version: nullable(Type.String()),
      advisory: Type.String(),
      severity: Type.String(),
      reason: Type.String(),
    }),
  ),
});

const explanation = Type.Object(
  {
    package: Type.String(),
    claimed: nullable(Type.String({ description: 'Why other registries are not asked for the name.' })),
    members: Type.Array(step),
    versions: nullable(
      Type.Array(
        Type.Object({
          version: Type.String(),
          published_at: nullable(timestamp),
          license: nullable(Type.String({ description: 'As far as an upstream was asked for it.' })),
          member: nullable(Type.String({ description: 'Which member it comes from.' })),
        }),
      ),
    ),
    error: nullable(Type.Object({ code: Type.String(), reason: Type.String() })),
  },
  { title: 'VirtualRegistryExplanation' },
);

const facts = { tag: 'Virtual registries', needs: 'caller' } as const;

const explain = operation({
  ...facts,
  id: 'explain_virtual_registry_package',
  method: 'GET',
  path: '/virtual_registries/packages/:format/registries/:id/explain',
  summary: 'Explains what a virtual registry answers for a package',
  description:
    'Asks all members as a client of the caller would, and tells what each answered, how old that is, and which rule hides which version.',
  params: schema.ofRow,
  query: schema.explainQuery,
  responses: { 200: { description: 'What happened.', schema: explanation } },
  handler: async (context, { params, query }) => {
    const registry = await registryFor(context, params, 'read');
    const format = formatFor(context, params.format);
    if (query.package === undefined) throw problem('invalid-parameter', 'package is missing');
    const caller = asPackageReader(context.caller);
    const explained = await context.explanations.explain(registry.id, format, query.package, caller);
    return { status: 200, body: presentExplanation(explained, context.now()) };
  },
});

const trace = operation({
  ...facts,
  id: 'get_virtual_registry_trace',
  method: 'GET',
  path: '/virtual_registries/packages/:format/registries/:id/traces/:trace_id',
  summary: 'Tells how an answer of a virtual registry came about',
  description:
    'By the number in its `X-Packyard-Trace`. Answers of the same state have the same number. It is known for a day after such an answer was given last.',
  params: schema.ofTrace,
  responses: {
    200: {
      description: 'What each member said.',
      schema: Type.Object({ asked: Type.String(), answered_at: timestamp, members: Type.Array(step) }),
    },
  },
  handler: async (context, { params }) => {
    const registry = await registryFor(context, params, 'read');
    const found = await context.explanations.traced(params.trace_id);
    if (found === null || found.registryId !== registry.id) {
      throw problem(
        'not-found',
        'Nothing is known of such an answer of the virtual registry; traces are kept for a day.',
      );
    }
    return { status: 200, body: presentTrace(found, context.now()) };
  },
});

export const explainOperations = [explain, trace];
