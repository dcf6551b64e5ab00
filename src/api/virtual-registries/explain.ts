import { Type } from 'typebox';
import { asPackageReader } from '../../access/package-reader.ts';
import { problem } from '../../problems/problem.ts';
import { nullable, timestamp } from '../fields.ts';
import { operation } from '../operation.ts';
import type { TraceStep } from '../../registry/trace.ts';
import { isoTimeOrNull } from '../times.ts';
import { formatFor, registryFor } from './find.ts';
import * as schema from './schema.ts';

const step = Type.Object({
  member: Type.String(),
  kind: Type.String(),
  outcome: Type.String({ description: '`found`, `absent`, `failed`, `not-allowed`, or `not-asked`.' }),
  detail: nullable(Type.String()),
  age_seconds: nullable(Type.Integer()),
  stale: Type.Boolean(),
  versions: nullable(Type.Integer()),
  hidden: Type.Array(Type.Object({ version: nullable(Type.String()), rule: Type.String(), reason: Type.String() })),
});

const explanation = Type.Object(
  {
    package: Type.String(),
    claimed: nullable(Type.String({ description: 'Why other registries are not asked for the name.' })),
    members: Type.Array(step),
    versions: nullable(Type.Array(Type.Object({ version: Type.String(), published_at: nullable(timestamp) }))),
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
    return {
      status: 200,
      body: {
        package: explained.name,
        claimed: explained.claimed,
        members: explained.steps.map(presentStep),
        versions:
          explained.versions?.map(({ version, publishedAt }) => {
            return { version, published_at: isoTimeOrNull(publishedAt) };
          }) ?? null,
        error: explained.error,
      },
    };
  },
});

const trace = operation({
  ...facts,
  id: 'get_virtual_registry_trace',
  method: 'GET',
  path: '/virtual_registries/packages/:format/registries/:id/traces/:trace_id',
  summary: 'Tells how an answer of a virtual registry came about',
  description:
    'By the number in its `X-Packyard-Trace`. Each process keeps those of its last two thousand answers, and knows no others.',
  params: schema.ofTrace,
  responses: { 200: { description: 'What each member said.', schema: Type.Object({ members: Type.Array(step) }) } },
  handler: async (context, { params }) => {
    const registry = await registryFor(context, params, 'read');
    const steps = context.explanations.traced(registry.id, params.trace_id);
    if (steps === null) throw problem('not-found', 'This process knows of no such answer of the virtual registry.');
    return { status: 200, body: { members: steps.map(presentStep) } };
  },
});

function presentStep({ age, ...each }: TraceStep) {
  return { ...each, age_seconds: age === null ? null : Math.floor(age / 1_000) };
}

export const explainOperations = [explain, trace];
