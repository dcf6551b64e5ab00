import type {
  AccountsPort,
  AccountView,
  CallerView,
  DocumentKind,
  MountScope,
  PackageRef,
  RegistryPort,
  RenderedDocument,
  TokenView,
} from '../../src/formats/format.ts';
import { problem } from '../../src/problems/problem.ts';
import type {
  Advisory,
  Name,
  Person,
  Published,
  SearchHit,
  SearchQuery,
  SearchResult,
  SourcePackage,
  SourceVersion,
  StagedFile,
  StoredFile,
} from '../../src/registry/model.ts';

/** One call of a method that changes something, and what it was given. */
export type Write = readonly [method: string, ...values: unknown[]];

/** Milliseconds that the fake's clock shows. */
export const now = Date.parse('2026-02-03T04:05:06.789Z');

export const alice: CallerView = { kind: 'user', username: 'alice', userId: 1 };
export const anonymous: CallerView = { kind: 'anonymous', username: null, userId: null };
export const deployToken: CallerView = { kind: 'deploy-token', username: 'gitlab+deploy-token-1', userId: null };

/**
 * A registry in memory for the npm commands: answers from its fields, and notes what was written in `writes` without
 * doing it. Permissions are the real one's business, except that accounts want somebody to be signed in.
 */
export class FakeRegistry implements RegistryPort {
  caller: CallerView = alice;
  scope: MountScope = 'project';
  readonly packages = new Map<string, SourcePackage>();
  readonly files = new Map<string, Buffer>();
  readonly stars = new Map<string, readonly string[]>();
  readonly owned = new Map<string, readonly PackageRef[]>();
  readonly publicNames = new Set<string>();
  readonly searches: SearchQuery[] = [];
  hits: readonly SearchHit[] = [];
  advisoriesKnown: readonly Advisory[] = [];
  keys: readonly { keyId: string; spki: string; expiresAt: number | null }[] = [];
  readonly writes: Write[] = [];
  readonly accounts = new FakeAccounts(this);

  now(): number {
    return now;
  }

  setting(): string | null {
    return null;
  }

  async document(_kind: DocumentKind, _name: Name): Promise<RenderedDocument> {
    throw new Error('no command renders a document');
  }

  async package(name: Name): Promise<SourcePackage | null> {
    return this.packages.get(name.key) ?? null;
  }

  async names(): Promise<readonly { key: string; display: string }[]> {
    return [...this.packages.values()].map(({ name, nameKey }) => ({ key: nameKey, display: name }));
  }

  async stage(): Promise<StagedFile> {
    throw new Error('no command uploads');
  }

  async publish(): Promise<Published> {
    throw new Error('no command publishes');
  }

  async file(name: Name, select: { versionKey?: string; fileName: string; role?: string }): Promise<StoredFile> {
    const found = this.files.get(`${name.key} ${select.versionKey} ${select.fileName} ${select.role}`);
    if (found === undefined) throw problem('file-not-found');
    return { name: select.fileName, size: found.length, bytes: found } as unknown as StoredFile;
  }

  async fileByDigest(): Promise<StoredFile> {
    throw problem('file-not-found');
  }

  async read(file: StoredFile): Promise<Buffer> {
    return (file as unknown as { bytes: Buffer }).bytes;
  }

  async setTag(name: Name, tag: string, versionKey: string): Promise<void> {
    this.writes.push(['setTag', name.key, tag, versionKey]);
  }

  async removeTag(name: Name, tag: string): Promise<void> {
    if (this.packages.get(name.key)?.tags.has(tag) !== true) throw problem('tag-not-found');
    this.writes.push(['removeTag', name.key, tag]);
  }

  async setStandings(name: Name, changes: ReadonlyMap<string, unknown>): Promise<void> {
    this.writes.push(['setStandings', name.key, [...changes]]);
  }

  async removeVersions(name: Name, keys: readonly string[], options: { ifRevision?: number }): Promise<void> {
    this.writes.push(['removeVersions', name.key, keys, options]);
  }

  async setPackageStanding(name: Name, standing: string | null, reason: string | null): Promise<void> {
    this.writes.push(['setPackageStanding', name.key, standing, reason]);
  }

  async removePackage(name: Name, options: { ifRevision?: number }): Promise<void> {
    this.writes.push(['removePackage', name.key, options]);
  }

  async setMaintainers(name: Name, usernames: readonly string[], options: { ifRevision?: number }): Promise<void> {
    for (const username of usernames) {
      if ((await this.accounts.find(username)) === null)
        throw problem('user-not-found', `There is no user ${username}.`);
    }
    this.writes.push(['setMaintainers', name.key, usernames, options]);
  }

  async setStar(name: Name, starred: boolean): Promise<void> {
    this.writes.push(['setStar', name.key, starred]);
  }

  async starredBy(username: string): Promise<readonly string[]> {
    return this.stars.get(username) ?? [];
  }

  async symbols(): Promise<null> {
    return null;
  }

  async contents<Doc>(kind: DocumentKind<Doc>, name: Name): Promise<Doc | null> {
    const source = await this.package(name);
    return source === null ? null : kind.build(source);
  }

  async downloads(): Promise<ReadonlyMap<string, number>> {
    return new Map();
  }

  async advisories(nameKeys: readonly string[]): Promise<readonly Advisory[]> {
    return this.advisoriesKnown.filter(({ nameKey }) => nameKeys.includes(nameKey));
  }

  async advisoryPage(): Promise<readonly Advisory[]> {
    return this.advisoriesKnown;
  }

  async hasAdvisories(): Promise<boolean> {
    return this.advisoriesKnown.length > 0;
  }

  async search(query: SearchQuery): Promise<SearchResult> {
    this.searches.push(query);
    return { hits: this.hits.slice(query.offset, query.offset + query.limit), total: this.hits.length };
  }

  async reservedHere(): Promise<ReadonlySet<string>> {
    return new Set();
  }

  async packagesOf(owner: { username: string } | { group: string }): Promise<readonly PackageRef[] | null> {
    return this.owned.get('group' in owner ? `group ${owner.group}` : `user ${owner.username}`) ?? null;
  }

  async isPublic(name: Name): Promise<boolean> {
    return this.publicNames.has(name.key);
  }

  sign(): { keyId: string; signature: string } {
    throw new Error('no command signs');
  }

  async signingKeys() {
    return this.keys;
  }

  async openPgpKey(): Promise<{ keyId: string; armored: string }> {
    throw new Error('no command asks for the OpenPGP key');
  }

  async signOpenPgp(): Promise<Buffer> {
    throw new Error('no command signs with OpenPGP');
  }

  async namespaceView(): Promise<RegistryPort> {
    throw new Error('no command names a namespace');
  }

  ticket(): string | null {
    throw new Error('no command hands out tickets');
  }

  async redeemTicket(): Promise<StoredFile> {
    throw new Error('no command takes tickets');
  }
}

class FakeAccounts implements AccountsPort {
  readonly people = new Map<string, AccountView>([
    ['alice', account(1, 'alice', 'alice@example.com')],
    ['bob', account(2, 'bob', null)],
  ]);
  readonly groups = new Map<string, Map<string, number>>();
  readonly members = new Map<string, 'read' | 'write'>();
  views: TokenView[] = [];
  webLogin: 'waiting' | 'done' | 'gone' = 'waiting';
  readonly #registry: FakeRegistry;

  constructor(registry: FakeRegistry) {
    this.#registry = registry;
  }

  async find(username: string): Promise<AccountView | null> {
    return this.people.get(username) ?? null;
  }

  async me(): Promise<AccountView> {
    const account = this.people.get(this.#registry.caller.username ?? '');
    if (account === undefined) throw problem('unauthenticated');
    return account;
  }

  async updateMe(change: {
    name?: string;
    email?: string;
    password?: { old: string; new: string };
  }): Promise<AccountView> {
    const { password, ...rest } = change;
    if (password !== undefined) this.#check(password.old);
    this.#registry.writes.push(['updateMe', change]);
    return { ...(await this.me()), ...rest };
  }

  async login(username: string, password: string, tokenName: string): Promise<{ token: string; account: AccountView }> {
    const account = this.people.get(username);
    if (account === undefined) throw problem('unauthenticated', 'Wrong user name or password.');
    this.#check(password);
    this.#registry.writes.push(['login', username, tokenName]);
    return { token: 'pyat-fresh', account };
  }

  async tokens({ limit, offset }: { limit: number; offset: number }) {
    return { tokens: this.views.slice(offset, offset + limit), total: this.views.length };
  }

  async createToken(password: string, wanted: { name: string; readOnly: boolean; expiresAt: number | null }) {
    this.#check(password);
    this.#registry.writes.push(['createToken', wanted]);
    const scopes = wanted.readOnly ? ['read_api'] : ['api'];
    const view = { id: 18, hint: 'pyat-fr', scopes, createdAt: now, lastUsedAt: null, ...wanted };
    return { token: 'pyat-fresh', view };
  }

  async revokeToken(tokenOrId: string): Promise<void> {
    if (!this.views.some((view) => String(view.id) === tokenOrId || `${view.hint}-whole` === tokenOrId)) {
      throw problem('token-not-found');
    }
    this.#registry.writes.push(['revokeToken', tokenOrId]);
  }

  async startWebLogin() {
    return { loginId: 'login secret', pollId: 'poll-secret' };
  }

  async pollWebLogin(pollId: string) {
    if (pollId !== 'poll-secret' || this.webLogin === 'gone') return { state: 'gone' } as const;
    return this.webLogin === 'done'
      ? ({ state: 'done', token: 'pyat-fresh' } as const)
      : ({ state: 'waiting' } as const);
  }

  async collaborators(): Promise<ReadonlyMap<string, 'read' | 'write'>> {
    return this.members;
  }

  async groupMembers(path: string): Promise<ReadonlyMap<string, number> | null> {
    return this.groups.get(path) ?? null;
  }

  async setGroupMember(path: string, username: string, accessLevel: number): Promise<void> {
    if (!this.people.has(username)) throw problem('user-not-found');
    this.#group(path).set(username, accessLevel);
    this.#registry.writes.push(['setGroupMember', path, username, accessLevel]);
  }

  async removeGroupMember(path: string, username: string): Promise<void> {
    if (!this.#group(path).delete(username)) throw problem('user-not-found');
    this.#registry.writes.push(['removeGroupMember', path, username]);
  }

  #group(path: string): Map<string, number> {
    const members = this.groups.get(path);
    if (members === undefined) throw problem('group-not-found');
    return members;
  }

  #check(password: string): void {
    if (password !== 'right') throw problem('unauthenticated', 'Wrong user name or password.');
  }
}

function account(id: number, username: string, email: string | null): AccountView {
  return { id, username, name: username.toUpperCase(), email, createdAt: now - 1_000, updatedAt: now };
}

/** A package of revision 7 with the given versions, newest last. */
export function packageOf(
  name: string,
  versions: readonly string[],
  rest: Partial<SourcePackage> & { readonly change?: (version: string) => Partial<SourceVersion> } = {},
): SourcePackage {
  const { change, ...changes } = rest;
  const publisher: Person = { username: 'alice', email: 'alice@example.com' };
  return {
    id: 3,
    projectId: 1,
    name,
    nameKey: name,
    revision: 7,
    createdAt: now,
    updatedAt: now,
    versions: versions.map((version, index) => ({
      id: index + 1,
      key: version,
      version,
      revision: index + 1,
      publishedAt: now,
      publisher,
      fragment: '{}',
      status: 'default',
      standing: null,
      standingReason: null,
      files: [],
      ...change?.(version),
    })),
    tags: new Map(),
    maintainers: [publisher],
    stars: [],
    readme: null,
    standing: null,
    standingReason: null,
    ...changes,
  };
}
