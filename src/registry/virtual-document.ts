import { createHash } from 'node:crypto';
import type { PackageRow } from '../catalog/packages.ts';
import type { DocumentKind } from '../formats/format.ts';
import { type Hidden, needsDates, needsLicenses } from '../policy/upstream-policy.ts';
import { Problem, problem } from '../problems/problem.ts';
import { absent, type Failed, found, type Outcome } from '../upstream/outcome.ts';
import type { Made } from './documents.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import { upstreamProblem } from './upstream-outcome.ts';
import { runSteps } from './upstream-steps.ts';
import { noteNotAsked, oursOn, rowsOf } from './virtual-local.ts';
import type { RemoteMember, VirtualMount } from './virtual-mount.ts';
import { noteHidden, notToBeAsked, sift } from './virtual-sift.ts';
import { tellOurs } from './whose-name.ts';

/** One source of a document: packages of ours, or what is left of an upstream's document after policy. */
export interface VirtualSource<Doc> {
  /** What the registry calls it. */
  readonly member: string;
  /** Names the content exactly. */
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
  readonly contents: () => Promise<Doc>;
}

/**
 * The sources of a package's document, in order of precedence. One that fails fails the whole: a shorter list of versions
 * would be a wrong answer. `blocked-by-policy` when there is something, and all of it is hidden.
 */
export async function virtualSources<Doc>(
  binding: Binding,
  mount: VirtualMount,
  kind: DocumentKind<Doc>,
  name: Name,
): Promise<readonly VirtualSource<Doc>[]> {
  const ours = await oursOn(binding, mount, name);
  const answers = await Promise.all(
    mount.members.map(async (member): Promise<readonly VirtualSource<Doc>[] | Hidden | Failed> => {
      if (member.kind === 'remote') return ours === null ? remoteSources(binding, mount, member, kind, name) : [];
      const rows = await rowsOf(binding, member, name);
      binding.trace?.note({ member: member.name, kind: member.kind, outcome: rows.length === 0 ? 'absent' : 'found' });
      return rows.map((row) => localSource(binding, member.name, kind, row));
    }),
  );
  const told = ours === null ? null : await tellOurs(binding, ours);
  if (ours !== null) noteNotAsked(binding, mount, told);
  binding.trace?.arrange(mount.members);
  const sources = withoutDoubles(answers.flatMap((answer) => ('reason' in answer ? [] : answer)));
  if (sources.length > 0) return sources;
  const failure = answers.find((answer): answer is Failed => 'outcome' in answer);
  if (failure !== undefined) throw upstreamProblem(failure);
  const hidden = answers.find((answer): answer is Hidden => 'rule' in answer);
  if (hidden !== undefined) throw problem('blocked-by-policy', hidden.reason);
  throw problem('package-not-found', told ?? `There is no package ${name.display} here.`);
}

/** The document of all sources, to be rendered. */
export async function virtualDocument<Doc>(
  binding: Binding,
  mount: VirtualMount,
  kind: DocumentKind<Doc>,
  name: Name,
): Promise<Made<Doc>> {
  const sources = await virtualSources(binding, mount, kind, name);
  return {
    key: sources.map(({ key }) => key).join(),
    lastModified: Math.max(...sources.map(({ changedAt }) => changedAt)),
    contents: () => merged(kind, sources),
  };
}

/** The same unwritten; `null` when no source has the package. */
export async function virtualContents<Doc>(
  binding: Binding,
  mount: VirtualMount,
  kind: DocumentKind<Doc>,
  name: Name,
): Promise<Doc | null> {
  try {
    return await merged(kind, await virtualSources(binding, mount, kind, name));
  } catch (error) {
    if (error instanceof Problem && error.code === 'package-not-found') return null;
    throw error;
  }
}

export async function merged<Doc>(kind: DocumentKind<Doc>, sources: readonly VirtualSource<Doc>[]): Promise<Doc> {
  const docs = await Promise.all(sources.map(({ contents }) => contents()));
  return docs.length === 1 ? (docs[0] as Doc) : kind.merge(docs);
}

/** A package may be reached through several members. */
function withoutDoubles<Doc>(sources: readonly VirtualSource<Doc>[]): readonly VirtualSource<Doc>[] {
  return [...new Map(sources.toReversed().map((source) => [source.key, source])).values()].reverse();
}

function localSource<Doc>(
  { services }: Binding,
  member: string,
  kind: DocumentKind<Doc>,
  row: PackageRow,
): VirtualSource<Doc> {
  return {
    member,
    key: `${row.id}.${row.revision}.${row.updatedAt}`,
    changedAt: row.updatedAt,
    contents: () => services.documents.contents(kind, [row]),
  };
}

async function remoteSources<Doc>(
  binding: Binding,
  mount: VirtualMount,
  member: RemoteMember,
  kind: DocumentKind<Doc>,
  name: Name,
): Promise<readonly VirtualSource<Doc>[] | Hidden | Failed> {
  const barred = notToBeAsked(binding, mount.policy, member, name);
  if (barred !== null) {
    binding.trace?.note({ member: member.name, kind: member.kind, outcome: 'not-asked', detail: barred.reason });
    return barred;
  }
  const outcome = await remoteDocument(binding, mount, member, kind, name);
  const about = { member: member.name, kind: member.kind, outcome: outcome.outcome } as const;
  if (outcome.outcome === 'absent') {
    binding.trace?.note({ ...about, stale: outcome.stale !== null, detail: outcome.stale?.reason ?? null });
    return outcome.stale ?? [];
  }
  if (outcome.outcome !== 'found') {
    binding.trace?.note({ ...about, detail: outcome.reason });
    throw upstreamProblem(outcome);
  }
  const { doc, sha256, checkedAt, stale, changedAt } = outcome.value;
  const { kept, hidden, warnings, files } = await sift(binding, mount, member, kind, name, doc);
  const judged = [hidden, files.hidden, warnings].some((list) => list.length > 0);
  const state = judged ? `${sha256}-${hashOf(JSON.stringify([hidden, files.hidden, warnings]))}` : sha256;
  const versions = kind.versions(doc).length;
  const { dryRun } = mount.policy;
  binding.trace?.note({ ...about, checkedAt, stale, versions, hidden, dryRun, warnings, state });
  noteHidden(binding, mount, { upstreamId: member.upstream.id, name, state, hidden });
  const [first] = hidden;
  const asItIs = [{ member: member.name, key: sha256, changedAt, contents: async () => doc }];
  if (dryRun) return asItIs;
  if (first === undefined && files.hidden.length === 0) return asItIs;
  if (first !== undefined && kept.size === 0) return first;
  const key = `${sha256}-${hashOf([...hidden.map(({ version }) => version), ...files.hidden].join())}`;
  return [{ member: member.name, key, changedAt, contents: async () => kind.keep(files.doc, kept) }];
}

interface RemoteDocument<Doc> {
  readonly doc: Doc;
  /** Of all texts that it was made of. */
  readonly sha256: string;
  readonly checkedAt: number;
  readonly changedAt: number;
  readonly stale: boolean;
}

async function remoteDocument<Doc>(
  binding: Binding,
  mount: VirtualMount,
  { upstream, rules }: RemoteMember,
  kind: DocumentKind<Doc>,
  name: Name,
): Promise<Outcome<RemoteDocument<Doc>>> {
  const { services, format } = binding;
  const { policy } = mount;
  const protocol = format.upstream;
  if (protocol === undefined || upstream.url === null) return absent;
  const site = await services.upstreams.siteOf(upstream, protocol.trustedOrigins?.(new URL(upstream.url)) ?? []);
  const validity = upstream.metadataCacheValidityHours * 3_600_000;
  const wanted = { kind: kind as DocumentKind, name, dates: needsDates(policy), licenses: needsLicenses(rules) };
  const outcome = await runSteps(
    services.upstreams.resources,
    { site, validity },
    protocol.document(wanted, new URL(upstream.url)),
    // The document's own name was looked at before.
    async (about) => about.key !== name.key && (await oursOn(binding, mount, about)) !== null,
  );
  if (outcome.outcome !== 'found') return outcome;
  const { value, resources, checkedAt, staleAbsence } = outcome.value;
  if (value === null) return { outcome: 'absent', stale: staleAbsence };
  return found({
    doc: value as Doc,
    sha256: hashOf(resources.map(({ sha256 }) => sha256).join()),
    checkedAt: Number.isFinite(checkedAt) ? checkedAt : services.now(),
    changedAt: Math.max(...resources.map((resource) => resource.changedAt)),
    stale: resources.some(({ stale }) => stale),
  });
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 22);
}
