import { advisoriesOf, advisoryPage, hasAdvisories } from '../catalog/advisories.ts';
import { downloadCounts } from '../catalog/download-counts.ts';
import type {
  AccountsPort,
  CallerView,
  DocumentKind,
  MountScope,
  PackageName,
  PackageRef,
  RegistryPort,
  RenderedDocument,
} from '../formats/format.ts';
import { problem } from '../problems/problem.ts';
import type { Readable } from 'node:stream';
import { AccountsOfCaller } from './accounts-port.ts';
import { changePackageStanding, changeStandings, tagVersion, untagVersion } from './change-tags.ts';
import { fileByDigest, fileOf, readFile, symbolsNamed } from './download.ts';
import type {
  Advisory,
  Name,
  PackageStanding,
  PromisedDigests,
  Publication,
  Published,
  SearchQuery,
  SearchResult,
  SourcePackage,
  StagedFile,
  StoredFile,
} from './model.ts';
import { settingsOf } from './format-settings.ts';
import type { Binding } from './mount.ts';
import { namespaceView } from './namespace-view.ts';
import { isPublic, names, packagesOfGroup, packagesOfUser } from './packages-of.ts';
import { replaceMaintainers, starPackage, starredBy } from './people.ts';
import { publish } from './publish.ts';
import { issueTicket, redeemTicket } from './redeem-ticket.ts';
import { removePackage, removeVersions } from './remove.ts';
import { reservedHere } from './reserved-here.ts';
import { documentSources, sourcesOf } from './resolve.ts';
import { search } from './search.ts';
import { stage } from './stage.ts';
import type { StandingChanges } from './standing-changes.ts';
import type { PublicKey } from './signing-keys.ts';
import { virtualContents, virtualDocument } from './virtual-document.ts';
import { virtualKeys } from './virtual-keys.ts';

/** The registry as one request of one format sees it: every method is a step of the pipeline, bound to its mount and caller. */
export class BoundRegistry implements RegistryPort {
  readonly caller: CallerView;
  readonly scope: MountScope;
  readonly accounts: AccountsPort;
  readonly #binding: Binding;

  constructor(binding: Binding) {
    this.#binding = binding;
    this.caller = viewOf(binding);
    this.scope = binding.mount.scope;
    this.accounts = new AccountsOfCaller(binding);
  }

  now(): number {
    return this.#binding.services.now();
  }

  setting(name: string): string | null {
    return settingsOf(this.#binding.format, this.#binding.services)(name);
  }

  async document(kind: DocumentKind, name: Name): Promise<RenderedDocument> {
    const { mount, services, base } = this.#binding;
    if (mount.scope === 'virtual') {
      return services.documents.renderMade(kind, base, await virtualDocument(this.#binding, mount, kind, name));
    }
    const rows = await documentSources(this.#binding, name);
    if (rows.length === 0) throw problem('package-not-found', `There is no package ${name.display} here.`);
    return this.#binding.services.documents.render(kind, rows, this.#binding.base);
  }

  async contents<Doc>(kind: DocumentKind<Doc>, name: Name): Promise<Doc | null> {
    const { mount } = this.#binding;
    if (mount.scope === 'virtual') return virtualContents(this.#binding, mount, kind, name);
    const rows = await documentSources(this.#binding, name);
    return rows.length === 0 ? null : this.#binding.services.documents.contents(kind, rows);
  }

  async package(
    name: Name,
    reads: 'manifest' | 'summary',
    { files = false }: { readonly files?: boolean } = {},
  ): Promise<SourcePackage | null> {
    const [row] = await sourcesOf(this.#binding, name);
    return row === undefined ? null : this.#binding.services.documents.source(row, { reads, readsFiles: files });
  }

  names(page: { readonly after?: string; readonly limit: number }): Promise<readonly PackageName[]> {
    return names(this.#binding, page);
  }

  stage(body: Readable, options: { promised?: PromisedDigests; expectedSize?: number } = {}): Promise<StagedFile> {
    return stage(this.#binding, body, options);
  }

  publish(publication: Publication): Promise<Published> {
    return publish(this.#binding, publication);
  }

  file(
    name: Name,
    select: { versionKey?: string; fileName: string; role?: string; whole?: boolean },
  ): Promise<StoredFile> {
    return fileOf(this.#binding, name, select);
  }

  fileByDigest(sha256: string, fileName: string): Promise<StoredFile> {
    return fileByDigest(this.#binding, sha256, fileName);
  }

  symbols(fileName: string): Promise<StoredFile | null> {
    return symbolsNamed(this.#binding, fileName);
  }

  read(file: StoredFile): Promise<Buffer> {
    return readFile(this.#binding, file);
  }

  setTag(name: Name, tag: string, versionKey: string): Promise<void> {
    return tagVersion(this.#binding, name, tag, versionKey);
  }

  removeTag(name: Name, tag: string): Promise<void> {
    return untagVersion(this.#binding, name, tag);
  }

  setStandings(name: Name, changes: StandingChanges): Promise<void> {
    return changeStandings(this.#binding, name, changes);
  }

  setPackageStanding(name: Name, standing: PackageStanding | null, reason: string | null): Promise<void> {
    return changePackageStanding(this.#binding, name, standing, reason);
  }

  removeVersions(name: Name, versionKeys: readonly string[], options: { ifRevision?: number }): Promise<void> {
    return removeVersions(this.#binding, name, versionKeys, options.ifRevision);
  }

  removePackage(name: Name, options: { ifRevision?: number }): Promise<void> {
    return removePackage(this.#binding, name, options.ifRevision);
  }

  setMaintainers(name: Name, usernames: readonly string[], options: { ifRevision?: number }): Promise<void> {
    return replaceMaintainers(this.#binding, name, usernames, options.ifRevision);
  }

  setStar(name: Name, starred: boolean): Promise<void> {
    return starPackage(this.#binding, name, starred);
  }

  starredBy(username: string): Promise<readonly string[]> {
    return starredBy(this.#binding, username);
  }

  advisories(nameKeys: readonly string[]): Promise<readonly Advisory[]> {
    return advisoriesOf(this.#binding.services.database, this.#binding.format.id, nameKeys);
  }

  advisoryPage(page: { readonly after: string; readonly limit: number }): Promise<readonly Advisory[]> {
    return advisoryPage(this.#binding.services.database, this.#binding.format.id, page);
  }

  hasAdvisories(): Promise<boolean> {
    return hasAdvisories(this.#binding.services.database, this.#binding.format.id);
  }

  search(query: SearchQuery): Promise<SearchResult> {
    return search(this.#binding, query);
  }

  reservedHere(names: readonly Name[]): Promise<ReadonlySet<string>> {
    return reservedHere(this.#binding, names);
  }

  async downloads(name: Name): Promise<ReadonlyMap<string, number>> {
    const rows = await sourcesOf(this.#binding, name);
    return downloadCounts(
      this.#binding.services.database,
      rows.map(({ id }) => id),
    );
  }

  packagesOf(owner: { username: string } | { group: string }): Promise<readonly PackageRef[] | null> {
    return 'group' in owner
      ? packagesOfGroup(this.#binding, owner.group)
      : packagesOfUser(this.#binding, owner.username);
  }

  isPublic(name: Name): Promise<boolean> {
    return isPublic(this.#binding, name);
  }

  sign(text: string): { keyId: string; signature: string } {
    return this.#binding.services.signing.sign(text);
  }

  async signingKeys(): Promise<readonly PublicKey[]> {
    const { mount, services } = this.#binding;
    return mount.scope === 'virtual' ? virtualKeys(this.#binding, mount) : [services.signing.public];
  }

  openPgpKey(): Promise<{ readonly keyId: string; readonly armored: string }> {
    return this.#binding.services.openPgp.certificate();
  }

  signOpenPgp(bytes: Buffer): Promise<Buffer> {
    return this.#binding.services.openPgp.sign(bytes, this.now());
  }

  async namespaceView(idOrPath: string): Promise<RegistryPort> {
    return new BoundRegistry(await namespaceView(this.#binding, idOrPath));
  }

  ticket(file: StoredFile | null, path: string): string | null {
    return issueTicket(this.#binding, file, path);
  }

  redeemTicket(
    ticket: string,
    path: string,
    find: (registry: RegistryPort) => Promise<StoredFile>,
  ): Promise<StoredFile> {
    return redeemTicket(this.#binding, ticket, path, (binding) => find(new BoundRegistry(binding)));
  }
}

function viewOf({ caller }: Binding): CallerView {
  if (caller.kind === 'anonymous') return { kind: 'anonymous', username: null, userId: null };
  const userId = caller.kind === 'user' ? caller.accountId : null;
  return { kind: caller.kind, username: caller.username, userId };
}
