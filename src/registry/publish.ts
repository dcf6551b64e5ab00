import { actorOf } from '../access/actor.ts';
import { permitOnPackage } from '../access/permit.ts';
import { refusal } from '../access/refusal.ts';
import type { Staging } from '../blobs/blob-store.ts';
import { findAccount } from '../catalog/accounts.ts';
import { commitBlobs } from '../catalog/blob-claims.ts';
import { insertAudit } from '../catalog/events.ts';
import { rootIdOf } from '../catalog/name-claims.ts';
import { findPackage, type PackageRow, upsertPackage } from '../catalog/packages.ts';
import { addMaintainer } from '../catalog/people.ts';
import { renewPrimary } from '../catalog/primary.ts';
import type { Project } from '../catalog/projects.ts';
import { deleteSuperseded } from '../catalog/superseded-files.ts';
import { setTag, setTagIfUnset } from '../catalog/tags.ts';
import { findVersion, insertVersion, renewVersion, touchVersion } from '../catalog/versions.ts';
import type { Session, Transaction } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { beginningOf, lookForTwins } from './known-twins.ts';
import type { Name, Person, Publication, Published, PublishedFile, StoredFile } from './model.ts';
import type { Binding } from './mount.ts';
import { refuseProtected, refuseReserved } from './name-guards.ts';
import { refuseClosed } from './package-standing.ts';
import { alreadyPublished } from './same-bytes.ts';
import { storeFile, type Target } from './store-file.ts';
import { claimName, refuseTakenName } from './unique-names.ts';

interface Publisher extends Person {
  readonly id: number | null;
}

/**
 * Publishes: everything that can refuse is asked first, then the bytes are made durable, then one transaction makes the
 * version visible. A crash at any point leaves all of it or nothing.
 */
export async function publish(binding: Binding, publication: Publication): Promise<Published> {
  const project = projectOf(binding);
  const known = await findPackage(binding.services.database, project.id, binding.format.id, publication.name.key);
  await permit(binding, project, known);
  await refuseGuarded(binding.services.database, binding, project, publication);
  refuseClosed(known);
  await refuseKnownVersion(binding, known, publication);
  await refuseTakenName(binding.services.database, binding, project, publication.name);
  const done = await alreadyPublished(binding, known, publication);
  if (done !== null) return done;
  const publisher = await publisherOf(binding);
  const stagings = publication.files.map((file) => ownStaging(binding, file));
  const claim = { blobs: stagings, commit: () => commitAll(stagings), now: binding.services.now };
  const published = await commitBlobs(binding.services.database, claim, (tx) =>
    store(tx, binding, project, publication, publisher),
  );
  await Promise.all(stagings.map((staging) => staging.discard()));
  binding.services.onPublished(binding.format.id);
  if (published.createdPackage) await lookForOthers(binding, project, publication.name);
  return published;
}

/** A name that is new here may be known elsewhere; where a namespace has one owner, all of it is ours now. */
async function lookForOthers({ services, format }: Binding, project: Project, name: Name): Promise<void> {
  const { key, namespace } = name;
  const owned = format.upstream?.claims === 'namespace' && namespace !== null;
  const beginning = owned ? beginningOf({ key, namespace }) : null;
  const ours = { rootId: rootIdOf(project.lineage), format, name, beginning };
  // It is published. What couldn't be looked for now is found by the job.
  await lookForTwins(services, ours).catch(() => undefined);
}

function projectOf(binding: Binding): Project {
  if (binding.mount.scope === 'project') return binding.mount.project;
  throw problem('method-not-allowed', 'Publish to a project: groups and the instance are views.');
}

/** The right to publish to the project, or to this one package as one of its maintainers. */
async function permit({ services, caller }: Binding, project: Project, known: PackageRow | undefined): Promise<void> {
  const verdict = await permitOnPackage(
    services.database,
    caller,
    'publish-package',
    project,
    known?.id ?? null,
    services.now(),
  );
  if (!verdict.allowed) throw refusal(verdict, 'project');
}

/** Asked again with the rows, for rules may have come while the bytes were written. */
async function refuseGuarded(
  session: Session,
  binding: Binding,
  project: Project,
  { name }: Publication,
): Promise<void> {
  await refuseReserved(session, binding, project, name);
  await refuseProtected(session, binding, project, name, 'push');
}

/** Saves the bytes of a version that would be refused in the end. The unique constraint decides races. */
async function refuseKnownVersion(
  { services }: Binding,
  known: PackageRow | undefined,
  publication: Publication,
): Promise<void> {
  if (publication.ifVersionExists !== 'refuse' || known === undefined) return;
  const version = await findVersion(services.database, known.id, publication.version.key);
  if (version !== undefined) throw versionExists(publication);
}

function versionExists({ name, version }: Publication): Error {
  return problem('version-exists', `${name.display} ${version.display} has been published before.`);
}

function versionMissing({ name, version }: Publication): Error {
  return problem('version-not-found', `There is no ${name.display} ${version.display} here.`);
}

async function publisherOf({ caller, services }: Binding): Promise<Publisher> {
  if (caller.kind === 'deploy-token') return { id: null, username: caller.username, email: null };
  if (caller.kind === 'anonymous') throw problem('unauthenticated');
  const account = await findAccount(services.database, caller.accountId);
  return { id: caller.accountId, username: caller.username, email: account?.email ?? null };
}

async function commitAll(stagings: readonly Staging[]): Promise<void> {
  await Promise.all(stagings.map((staging) => staging.commit()));
}

function ownStaging(binding: Binding, file: PublishedFile): Staging {
  const staging = binding.staged.find(file.staged);
  if (staging !== undefined) return staging;
  throw new Error('a publication names a file that this request did not stage');
}

async function store(
  tx: Transaction,
  binding: Binding,
  project: Project,
  publication: Publication,
  publisher: Publisher,
): Promise<Published> {
  const now = binding.services.now();
  await refuseGuarded(tx, binding, project, publication);
  const target = await storeVersion(tx, binding, project, publication, publisher, now);
  if (target.revision === 1) await claimName(tx, binding, project, publication.name);
  const files: StoredFile[] = [];
  for (const file of publication.files) {
    files.push(await storeFile({ tx, binding, project, publication, target, now }, file));
  }
  if (publication.supersedes !== undefined) await deleteSuperseded(tx, target.versionId, publication.supersedes);
  for (const tag of publication.tags) await setTag(tx, target.packageId, tag, target.versionId, now);
  for (const tag of publication.tagsIfUnset) await setTagIfUnset(tx, target.packageId, tag, target.versionId, now);
  // Shown as such; the right to publish comes from the role, and ends with it.
  if (target.revision === 1 && publisher.id !== null) await addMaintainer(tx, target.packageId, publisher.id, false);
  await renewPrimary(tx, target.packageId, binding.format.primaryTag);
  await insertAudit(
    tx,
    {
      actor: actorOf(binding.caller),
      action: 'package.publish',
      projectId: project.id,
      subject: `${binding.format.id}:${publication.name.display}@${publication.version.display}`,
      details: { files: files.map((file) => ({ name: file.name, sha256: file.digests.sha256 })) },
    },
    now,
  );
  const { packageId, versionId, revision, createdVersion } = target;
  return { packageId, versionId, revision, createdPackage: revision === 1, createdVersion, files };
}

async function storeVersion(
  tx: Transaction,
  binding: Binding,
  project: Project,
  publication: Publication,
  publisher: Publisher,
  now: number,
): Promise<Target> {
  const { name, version, status } = publication;
  const { id: packageId, revision } = await upsertPackage(
    tx,
    {
      projectId: project.id,
      format: binding.format.id,
      nameKey: name.key,
      name: name.display,
      namespace: name.namespace,
    },
    now,
  );
  const versionId = await insertVersion(
    tx,
    {
      packageId,
      key: version.key,
      version: version.display,
      manifest: publication.manifest,
      summary: publication.summary,
      readme: publication.readme,
      description: publication.description,
      keywords: publication.keywords,
      status: status ?? 'default',
      publisherId: publisher.id,
      publisher: publisher.username,
      publisherEmail: publisher.email,
      revision,
    },
    now,
  );
  if (versionId !== null) {
    // Removed since the format looked at it; what was written here is undone.
    if (publication.ifVersionMissing === 'refuse') throw versionMissing(publication);
    return { packageId, revision, versionId, createdVersion: true };
  }
  if (publication.ifVersionExists === 'refuse') throw versionExists(publication);
  const known = await findVersion(tx, packageId, version.key);
  if (known === undefined) throw new Error('the version neither exists nor can be inserted');
  if (publication.ifStatus !== undefined && publication.ifStatus !== known.status) throw versionExists(publication);
  if (publication.renewVersion === true) await renewVersion(tx, known.id, publication);
  await touchVersion(tx, known.id, revision, now, status ?? known.status);
  return { packageId, revision, versionId: known.id, createdVersion: false };
}
