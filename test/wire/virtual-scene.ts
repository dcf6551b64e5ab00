/** What tests of virtual registries have in common: one server a file, an upstream and a registry of its own for each test. */
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../harness/fake-upstream.ts';
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestProject, TestServer, TestUser } from '../harness/types.ts';
import { createRegistry, gid, type TestRegistry } from '../harness/virtual.ts';

export const hour = 3_600_000;

export interface SceneAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** `null` = the transfer broke. */
  readonly bytes: Buffer | null;
}

export interface SceneOptions {
  readonly format: string;
  /** Where the registry lies at the upstream: `/maven2`. */
  readonly at?: string;
  readonly settings?: Readonly<Record<string, string>>;
}

/** Hooks of the file that makes it see that all of this is there when a test begins. */
export class VirtualScene {
  readonly format: string;
  server!: TestServer;
  /** `acme`, public, with the private project `acme/app` and a developer. */
  group!: TestGroup;
  project!: TestProject;
  member!: TestUser;
  upstream!: FakeUpstream;
  /** The project first, the upstream after it. */
  registry!: TestRegistry;
  /** The server's clock. */
  now = Date.now();
  /** Tells tests apart: for names that no other has. */
  count = 0;
  readonly #options: SceneOptions;

  constructor(options: SceneOptions) {
    this.format = options.format;
    this.#options = options;
  }

  async begin(): Promise<void> {
    const settings = { PACKYARD_UPSTREAM_ALLOW: '127.0.0.1', ...this.#options.settings };
    this.server = await startServer({ now: () => this.now, settings });
    this.group = await this.server.createGroup('acme', 'public');
    this.project = await this.server.createProject('acme/app', 'private');
    this.member = await this.server.createUser('mia');
    await this.server.addMember(this.group, this.member, 'developer');
  }

  async next(): Promise<void> {
    this.count += 1;
    this.upstream = await fakeUpstream();
    await this.renew();
  }

  /** The URL of the upstream as registries are told it. */
  get remote(): string {
    return `${this.upstream.url}${this.#options.at ?? ''}`;
  }

  /** Another registry in the place of the one before: a group has twenty at most. */
  async renew(
    upstreams: readonly (string | Record<string, unknown>)[] = [gid.project(this.project.id), this.remote],
    more: Record<string, unknown> = {},
  ): Promise<TestRegistry> {
    if (this.registry !== undefined) {
      await this.server.api('DELETE', `${this.#base}/registries/${this.registry.id}`).catch(() => null);
    }
    this.registry = await createRegistry(this.server, this.group, this.format, upstreams, more);
    return this.registry;
  }

  /** Changes the registry. */
  change(fields: Record<string, unknown>): Promise<unknown> {
    return this.server.api('PATCH', `${this.#base}/registries/${this.registry.id}`, fields);
  }

  /** Changes the upstream that comes last. */
  changeUpstream(fields: Record<string, unknown>): Promise<unknown> {
    return this.server.api('PATCH', `${this.#base}/upstreams/${this.upstreamId}`, fields);
  }

  get upstreamId(): number {
    return this.registry.upstreams.at(-1)?.id ?? 0;
  }

  /** What the registry answers the administrator below its URL, or at a whole URL. */
  async get(path: string, headers: Record<string, string> = {}): Promise<SceneAnswer> {
    const url = path.startsWith('http') ? path : `${this.registry.url}/${path}`;
    const response = await fetch(url, { headers: { 'private-token': this.server.rootToken, ...headers } });
    const bytes = await response.arrayBuffer().then(
      (whole) => Buffer.from(whole),
      () => null,
    );
    return { status: response.status, headers: response.headers, bytes, text: bytes?.toString() ?? '' };
  }

  /** The same as JSON; it must be there. */
  async json<T>(path: string, headers: Record<string, string> = {}): Promise<T> {
    const { status, text } = await this.get(path, headers);
    expect(status, text).toBe(200);
    return JSON.parse(text) as T;
  }

  /** The files that are cached of the last upstream, as the API tells them. */
  entries(): Promise<{ relative_path: string }[]> {
    return this.server.api('GET', `${this.#base}/upstreams/${this.upstreamId}/cache_entries?per_page=100`);
  }

  get #base(): string {
    return `/virtual_registries/packages/${this.format}`;
  }
}

/** Keeps an upstream's answer back until it is opened. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** A scene for the file that calls it, at its top. */
export function virtualScene(options: SceneOptions): VirtualScene {
  const scene = new VirtualScene(options);
  beforeAll(() => scene.begin());
  afterAll(() => scene.server.stop());
  beforeEach(async () => {
    await scene.next();
    const { upstream } = scene;
    return () => upstream.close();
  });
  return scene;
}
