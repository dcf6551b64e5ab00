import type { Static } from 'typebox';
import { permitOnGroup, permitOnProject } from '../../access/permit.ts';
import { findGroup } from '../../catalog/namespaces.ts';
import { findProject } from '../../catalog/projects.ts';
import { findUpstreamsAt, type Upstream, type UpstreamFields } from '../../catalog/upstreams.ts';
import type { Session } from '../../database/database.ts';
import { problem } from '../../problems/problem.ts';
import { checkedBaseUrl } from '../../upstream/base-url.ts';
import type { ApiContext } from '../context.ts';
import type * as schema from './schema.ts';
import { changedCredentials, noCredentials } from './upstream-credentials.ts';

export type UpstreamInput = Static<typeof schema.upstreamChanges>;

export const emptyUpstream: Omit<UpstreamFields, 'namespaceId' | 'format'> = {
  name: '',
  description: '',
  url: null,
  localProjectId: null,
  localNamespaceId: null,
  username: null,
  password: null,
  trustedOrigins: '[]',
  rules: '[]',
  // GitLab checks again after a day. We do earlier: an upstream that has nothing new says so with an empty answer.
  cacheValidityHours: 24,
  metadataCacheValidityHours: 1,
};

type Place = Pick<Upstream, 'url' | 'localProjectId' | 'localNamespaceId'>;

/** The upstream with the changes; credentials don't survive a change of its URL. */
export async function changedUpstream(
  context: ApiContext,
  input: UpstreamInput,
  before: UpstreamFields,
): Promise<UpstreamFields> {
  const place: Place = input.url === undefined ? before : await placeOf(context, input.url);
  const moved = place.url !== before.url;
  const kept = moved ? noCredentials : { username: before.username, password: before.password };
  const credentials = await changedCredentials(context, input, kept);
  if (place.url === null && credentials.password !== null) {
    throw problem('invalid-parameter', 'A project or group of ours takes no credentials.');
  }
  return {
    ...before,
    ...place,
    ...credentials,
    name: input.name ?? (before.name === '' ? nameFor(place) : before.name),
    description: input.description ?? before.description,
    trustedOrigins:
      input.trusted_origins === undefined ? before.trustedOrigins : JSON.stringify(input.trusted_origins.map(originOf)),
    rules:
      input.rules === undefined
        ? before.rules
        : JSON.stringify(
            input.rules.map(({ kind, name, version = null, license = null }) => ({ kind, name, version, license })),
          ),
    cacheValidityHours: input.cache_validity_hours ?? before.cacheValidityHours,
    metadataCacheValidityHours: input.metadata_cache_validity_hours ?? before.metadataCacheValidityHours,
  };
}

/** A URL, or a project or group here that the caller may read: others see through it what they may read themselves. */
async function placeOf(context: ApiContext, url: string): Promise<Place> {
  const { database, caller, now, upstreams } = context;
  const local = /^gid:\/\/gitlab\/(Project|Group)\/(\d{1,15})$/.exec(url);
  if (local === null) {
    return { url: await checkedBaseUrl(url, upstreams.guard), localProjectId: null, localNamespaceId: null };
  }
  const id = Number(local[2]);
  if (local[1] === 'Project') {
    const project = await findProject(database, id);
    const verdict = project && (await permitOnProject(database, caller, 'read-package', project, now()));
    if (verdict?.allowed !== true) throw problem('project-not-found');
    return { url: null, localProjectId: id, localNamespaceId: null };
  }
  const group = await findGroup(database, id);
  const verdict = group && (await permitOnGroup(database, caller, 'read-package', group, now()));
  if (verdict?.allowed !== true) throw problem('group-not-found');
  return { url: null, localProjectId: null, localNamespaceId: id };
}

function originOf(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  const web = url?.protocol === 'https:' || url?.protocol === 'http:';
  if (url === null || !web || url.pathname !== '/' || `${url.username}${url.search}${url.hash}` !== '') {
    throw problem('invalid-parameter', 'trusted_origins takes origins such as https://files.example.com.');
  }
  return url.origin;
}

function nameFor({ url, localProjectId, localNamespaceId }: Place): string {
  if (url !== null) return new URL(url).hostname;
  return localProjectId === null ? `group ${localNamespaceId}` : `project ${localProjectId}`;
}

/** GitLab's rule: one upstream a group for the same URL and credentials; the others can be shared. */
export async function refuseTwin(
  session: Session,
  { upstreams }: ApiContext,
  fields: UpstreamFields,
  own: number | null,
): Promise<void> {
  const { namespaceId, format, url, username, password } = fields;
  if (url === null) return;
  const secret = password === null ? null : await upstreams.seal.open(password);
  for (const other of await findUpstreamsAt(session, { namespaceId, format, url })) {
    if (other.id === own || other.username !== username) continue;
    const theirs = other.password === null ? null : await upstreams.seal.open(other.password);
    if (theirs === secret) {
      throw problem(
        'invalid-parameter',
        `The upstream ${other.id} of this group has the same URL and credentials: use that.`,
      );
    }
  }
}
