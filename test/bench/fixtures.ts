/** Packages that scenarios read, put on every server when the first scenario asks for them. */
import { ask } from './load/ask.ts';
import { publishAll } from './load/publish.ts';
import { type BenchVersion, versionsOf } from './packages.ts';
import { alone } from './peers/alone.ts';
import type { Nginx } from './peers/nginx.ts';
import type { Packyard } from './peers/packyard.ts';
import type { Form } from './peers/peer.ts';
import type { Verdaccio } from './peers/verdaccio.ts';
import { storeVersions } from './peers/verdaccio-storage.ts';
import { documentHeaders } from './requests.ts';

export type FixtureName = keyof typeof kinds;

/** What each holds: `open-…` may be read by everyone. */
const kinds = {
  small: { count: 3, fileSize: 300 },
  'open-small': { count: 3, fileSize: 300 },
  large: { count: 1_000, fileSize: 300 },
  'tarball-20k': { count: 1, fileSize: 20_000 },
  'tarball-20m': { count: 1, fileSize: 20_000_000 },
} as const;

/** Verdaccio takes ever longer to publish one more: beyond this many they are written into its storage. */
const publishedThere = 50;

export class Fixtures {
  readonly #packyard: Packyard;
  readonly #nginx: Nginx;
  readonly #verdaccio: Verdaccio | null;
  readonly #made = new Map<FixtureName, Promise<readonly BenchVersion[]>>();

  constructor(packyard: Packyard, nginx: Nginx, verdaccio: Verdaccio | null) {
    this.#packyard = packyard;
    this.#nginx = nginx;
    this.#verdaccio = verdaccio;
  }

  /** The package's versions, once every server has them. */
  get(name: FixtureName): Promise<readonly BenchVersion[]> {
    const made = this.#made.get(name) ?? this.#make(name);
    this.#made.set(name, made);
    return made;
  }

  async #make(name: FixtureName): Promise<readonly BenchVersion[]> {
    const versions = await versionsOf(name, kinds[name]);
    await alone(this.#packyard, () => publishAll(this.#packyard, versions));
    await this.#copyToNginx(name, versions);
    if (this.#verdaccio !== null) await fillVerdaccio(this.#verdaccio, name, versions);
    return versions;
  }

  async #copyToNginx(name: FixtureName, versions: readonly BenchVersion[]): Promise<void> {
    for (const form of ['abbreviated', 'full'] as const) {
      const [identity, gzip] = await alone(this.#packyard, async () => [
        await this.#packument(name, form, null),
        await this.#packument(name, form, 'gzip'),
      ]);
      await this.#nginx.addPackument(name, form, { identity, gzip });
    }
    for (const { version, packed } of versions) await this.#nginx.addTarball(name, version, packed.tarball);
  }

  async #packument(name: string, form: Form, encoding: 'gzip' | null): Promise<Buffer> {
    const headers = documentHeaders({ form, encoding, authorization: this.#packyard.authorization });
    const { status, body } = await ask(this.#packyard.packumentUrl(name, form), { headers });
    if (status !== 200) throw new Error(`Packyard answered ${status} for ${name}`);
    return body;
  }
}

async function fillVerdaccio(verdaccio: Verdaccio, name: string, versions: readonly BenchVersion[]): Promise<void> {
  const published = versions.length > publishedThere ? 1 : versions.length;
  await alone(verdaccio, () => publishAll(verdaccio, versions.slice(0, published)));
  if (published < versions.length) await storeVersions(verdaccio.storage, name, versions.slice(published));
}
