import { findFile } from '../catalog/files.ts';
import type { CachedFile } from '../catalog/upstream-files.ts';
import type { FileWanted, UpstreamFile } from '../formats/format.ts';
import { judge, needsDates, needsLicenses, warningAbout } from '../policy/upstream-policy.ts';
import { problem } from '../problems/problem.ts';
import { Arrival } from '../upstream/arrival.ts';
import { cacheKey } from '../upstream/cache-key.ts';
import { absent, type Failed, found, type NotAllowed, type Outcome } from '../upstream/outcome.ts';
import type { Site } from '../upstream/site.ts';
import type { Name, PromisedDigests, StoredFile } from './model.ts';
import type { Binding } from './mount.ts';
import { upstreamProblem } from './upstream-outcome.ts';
import { runSteps } from './upstream-steps.ts';
import { noteNotAsked, oursOn, rowsOf, whyOurs } from './virtual-local.ts';
import type { RemoteMember, VirtualMount } from './virtual-mount.ts';
import { lawFor, noteHidden, notToBeAsked } from './virtual-sift.ts';
import { tellOurs } from './whose-name.ts';

type Wanted = Omit<FileWanted, 'dates'>;

/** It is there, and policy says no. */
interface HiddenFile {
  readonly outcome: 'hidden';
  readonly reason: string;
  /** `false`: whether it is there, nobody was asked. */
  readonly asked?: false;
}

/** It is there, in a way that can't be passed on. */
interface NotRelayedFile {
  readonly outcome: 'not-relayed';
  readonly reason: string;
}

type FileOutcome = Outcome<CachedFile | Arrival> | HiddenFile | NotRelayedFile;

/**
 * A file of a virtual mount: ours, else from the first remote member that has it. A member that fails fails the answer,
 * unless the file is here already from a later one: then that one answered when it was not failing.
 */
export async function virtualFile(binding: Binding, mount: VirtualMount, wanted: Wanted): Promise<StoredFile> {
  const { name } = wanted;
  const local = name === null ? null : await localFile(binding, mount, name, wanted);
  if (local !== null) return local;
  if (name !== null) await refuseOurs(binding, mount, name, wanted.fileName);
  let failure: Failed | NotAllowed | null = null;
  let lastKnown: Failed | null = null;
  let hidden: HiddenFile | NotRelayedFile | null = null;
  for (const member of mount.members) {
    if (member.kind !== 'remote') continue;
    const outcome = await remoteFile(binding, mount, member, wanted, failure !== null);
    noteOutcome(binding, member, outcome);
    if (outcome.outcome === 'found') return storedFile(outcome.value);
    if (outcome.outcome === 'hidden' || outcome.outcome === 'not-relayed') hidden ??= outcome;
    else if (outcome.outcome === 'absent') lastKnown ??= outcome.stale;
    else failure ??= outcome;
  }
  failure ??= lastKnown;
  if (failure !== null) throw upstreamProblem(failure);
  if (hidden !== null) throw problem(hidden.outcome === 'hidden' ? 'blocked-by-policy' : 'not-relayed', hidden.reason);
  throw problem('file-not-found', notHere(wanted.fileName));
}

function noteOutcome({ trace }: Binding, { name }: RemoteMember, outcome: FileOutcome): void {
  const { outcome: what } = outcome;
  const detail = 'reason' in outcome ? outcome.reason : null;
  const isThere = what === 'hidden' || what === 'not-relayed';
  const told = 'asked' in outcome ? 'not-asked' : isThere ? 'found' : what;
  trace?.note({ member: name, kind: 'remote', outcome: told, detail });
}

async function localFile(
  binding: Binding,
  { members }: VirtualMount,
  name: Name,
  { fileName, versionKey }: Wanted,
): Promise<StoredFile | null> {
  for (const member of members) {
    for (const row of await rowsOf(binding, member, name)) {
      const file = await findFile(binding.services.database, row.id, fileName, versionKey ?? undefined);
      if (file !== undefined) return file;
    }
  }
  return null;
}

async function remoteFile(
  binding: Binding,
  mount: VirtualMount,
  member: RemoteMember,
  wanted: Wanted,
  onlyCached: boolean,
): Promise<FileOutcome> {
  const { services } = binding;
  const { upstream } = member;
  const known = await services.upstreams.files.cached(upstream.id, keyOf(wanted));
  // It may have come when nobody asked for its date or license.
  const judgeable =
    known !== null &&
    (known.publishedAt !== null || !needsDates(mount.policy)) &&
    (known.license !== null || !needsLicenses(member.rules));
  if (known === null || !judgeable) {
    return onlyCached ? absent : fetchFile(binding, mount, member, wanted, known);
  }
  await refuseOurs(binding, mount, nameIn(known), wanted.fileName);
  const hidden = await hiddenBy(binding, mount, member, { ...known, name: nameIn(known) });
  if (hidden !== null) return hidden;
  if (onlyCached || isFresh(binding, member, known)) return found(known);
  return fetchFile(binding, mount, member, wanted, known);
}

function isFresh({ services }: Binding, { upstream }: RemoteMember, known: CachedFile): boolean {
  const { cacheValidityHours } = upstream;
  return services.upstreams.files.isFresh(known, cacheValidityHours === 0 ? Infinity : cacheValidityHours * 3_600_000);
}

async function fetchFile(
  binding: Binding,
  mount: VirtualMount,
  member: RemoteMember,
  wanted: Wanted,
  known: CachedFile | null,
): Promise<FileOutcome> {
  const { services, format } = binding;
  const { upstream } = member;
  const protocol = format.upstream;
  if (protocol === undefined || upstream.url === null) return absent;
  const barred = wanted.name === null ? null : notToBeAsked(binding, mount.policy, member, wanted.name);
  if (barred !== null) return { outcome: 'hidden', reason: barred.reason, asked: false };
  const site = await services.upstreams.siteOf(upstream, protocol.trustedOrigins?.(new URL(upstream.url)) ?? []);
  const where = { site, validity: upstream.metadataCacheValidityHours * 3_600_000 };
  const steps = protocol.file(
    { ...wanted, dates: needsDates(mount.policy), licenses: needsLicenses(member.rules) },
    new URL(upstream.url),
  );
  const isOurs = async (name: Name): Promise<boolean> => (await whyOurs(binding, mount, name)) !== null;
  const located = await runSteps(services.upstreams.resources, where, steps, isOurs);
  if (located.outcome !== 'found') return located;
  const file = located.value.value;
  if (file === null) return { outcome: 'absent', stale: located.value.staleAbsence };
  if ('notRelayed' in file) return { outcome: 'not-relayed', reason: file.notRelayed };
  await refuseOurs(binding, mount, file.name, wanted.fileName);
  const hidden = await hiddenBy(binding, mount, member, file);
  if (hidden !== null) return hidden;
  if (known !== null && isFresh(binding, member, known)) return found(known);
  return services.upstreams.files.fetch({
    site,
    fileKey: keyOf(wanted),
    fileName: wanted.fileName,
    file,
    maxSize: services.maxFileSize(format.id),
    known,
    laterDigests: () => laterDigests(binding, where, file),
  });
}

async function laterDigests(
  { services }: Binding,
  where: { readonly site: Site; readonly validity: number },
  { digestsAt }: UpstreamFile,
): Promise<Outcome<PromisedDigests>> {
  if (digestsAt === undefined) return absent;
  // Asked for once a file: what was kept of an earlier one may be of other bytes.
  const outcome = await services.upstreams.resources.get({ ...where, validity: 0 }, digestsAt);
  return outcome.outcome === 'found' ? found(outcome.value.value as PromisedDigests) : outcome;
}

/** Also of a file that was asked for by digest, whose name shows only now which package it belongs to. */
async function refuseOurs(binding: Binding, mount: VirtualMount, name: Name, fileName: string): Promise<void> {
  const ours = await oursOn(binding, mount, name);
  if (ours === null) return;
  const told = await tellOurs(binding, ours);
  noteNotAsked(binding, mount, told);
  throw problem('file-not-found', told ?? notHere(fileName));
}

function notHere(fileName: string): string {
  return `There is no file ${fileName} here.`;
}

/** What the document doesn't show, nobody gets by asking for the file. */
async function hiddenBy(
  binding: Binding,
  mount: VirtualMount,
  member: RemoteMember,
  file: Pick<UpstreamFile, 'name' | 'version' | 'publishedAt' | 'license'>,
): Promise<HiddenFile | null> {
  const { services, format, trace } = binding;
  const { name, version } = file;
  const findingsOf = await services.advised.about(format, name.key, mount.policy);
  const subject = { ...file, findings: findingsOf(version) };
  const law = lawFor(binding, mount.policy, member);
  const against = judge(subject, law, services.now());
  const noted = { member: member.name, kind: 'remote', outcome: 'found' } as const;
  if (against === null) {
    const warned = warningAbout(subject, law, services.now());
    if (warned === null) return null;
    trace?.note({ ...noted, warnings: [{ ...warned, version }] });
    trace?.notices.push(`${name.display} ${version ?? ''}: ${warned.reason}`);
    return null;
  }
  const hidden = [{ ...against, version }];
  const { dryRun } = mount.policy;
  trace?.note({ ...noted, hidden, dryRun });
  const state = `file ${version ?? ''} ${against.rule}`;
  noteHidden(binding, mount, { upstreamId: member.upstream.id, name, state, hidden });
  return dryRun ? null : { outcome: 'hidden', reason: against.reason };
}

function nameIn({ nameKey, name, namespace }: CachedFile): Name {
  return { key: nameKey, display: name, namespace };
}

function keyOf({ name, versionKey, fileName, role, sha256 }: Wanted): string {
  return cacheKey(JSON.stringify([name?.key ?? '', versionKey ?? '', fileName, role ?? '', sha256 ?? '']));
}

/** A cached file in the words of the catalogue; one that is still coming has no digests yet. */
function storedFile(file: CachedFile | Arrival): StoredFile {
  const common = { id: 0, versionId: 0, packageId: 0, projectId: 0, details: null } as const;
  if (!(file instanceof Arrival)) {
    const { fileName, size, digests, createdAt, id } = file;
    return { ...common, name: fileName, role: 'archive', size, digests, createdAt, cachedFileId: id };
  }
  const digests = { md5: '', sha1: '', sha256: '', sha512: '' };
  const arriving = {
    size: file.size,
    open: () => file.open(),
    whole: async () => storedFile(await file.settled),
  };
  return { ...common, name: '', role: 'archive', size: file.size ?? 0, digests, createdAt: 0, arriving };
}
