/** One package with one file, as an upstream of each format offers it: the rows of tables of what an upstream may do wrong. */
import { createHash } from 'node:crypto';
import { offerNpm } from '../harness/offered-packages.ts';
import { npmPackage } from '../harness/packages.ts';
import { wheel } from '../harness/python-packages.ts';
import { moduleArchive } from './terraform-wire.ts';
import type { SceneAnswer, VirtualScene } from './virtual-scene.ts';

export interface Offer {
  /** What lists its versions: as clients ask for it, and where it lies upstream. `null` = the format has none. */
  readonly document: { readonly path: string; readonly at: string } | null;
  /** Where the file lies upstream, and its bytes. */
  readonly at: string;
  readonly bytes: Buffer;
  /** As a client does. */
  download(): Promise<SceneAnswer>;
}

export interface OfferedFormat {
  readonly format: string;
  /** Where the registry lies at the upstream. */
  readonly at?: string;
  /** The upstream says what the file must be; where it doesn't, any bytes are the file. */
  readonly promises: boolean;
  /** `fileAt`: another place that the upstream's documents name for the file, where they name one. */
  offer(scene: VirtualScene, name: string, fileAt?: string): Promise<Offer>;
}

const digest = (algorithm: string, bytes: Buffer): Buffer => createHash(algorithm).update(bytes).digest();

const npm: OfferedFormat = {
  format: 'npm',
  promises: true,
  async offer(scene, name, fileAt) {
    const [bytes = Buffer.alloc(0)] = (
      await offerNpm(scene.upstream, name, [fileAt === undefined ? {} : { dist: { tarball: fileAt } }])
    ).values();
    const path = `${name}/-/${name}-1.0.0.tgz`;
    return { document: { path: name, at: `/${name}` }, at: `/${path}`, bytes, download: () => scene.get(path) };
  },
};

const maven: OfferedFormat = {
  format: 'maven',
  promises: true,
  async offer(scene, name) {
    const { upstream } = scene;
    const folder = `com/other/${name}`;
    const path = `${folder}/1.0/${name}-1.0.jar`;
    const bytes = (await npmPackage({ name })).tarball;
    const jar = Buffer.concat([Buffer.from('PK\u0003\u0004'), bytes]);
    upstream.on(`/${path}`, jar);
    upstream.on(`/${path}.sha1`, digest('sha1', jar).toString('hex'));
    const document = `${folder}/maven-metadata.xml`;
    upstream.on(
      `/${document}`,
      `<metadata><groupId>com.other</groupId><artifactId>${name}</artifactId><versioning><versions><version>1.0</version></versions></versioning></metadata>`,
    );
    return {
      document: { path: document, at: `/${document}` },
      at: `/${path}`,
      bytes: jar,
      download: () => scene.get(path),
    };
  },
};

const pypi: OfferedFormat = {
  format: 'pypi',
  at: '/simple',
  promises: true,
  async offer(scene, name, fileAt) {
    const { upstream } = scene;
    const { fileName, sha256, bytes } = wheel({ name, version: '1.0' });
    const at = `/packages/${fileName}`;
    upstream.on(at, bytes);
    const document = { path: `simple/${name}/`, at: `/simple/${name}/` };
    const files = [{ filename: fileName, url: fileAt ?? `../..${at}`, hashes: { sha256 } }];
    upstream.on(document.at, (_request, response) => {
      const page = { meta: { 'api-version': '1.0' }, name, files };
      response.writeHead(200, { 'content-type': 'application/vnd.pypi.simple.v1+json' }).end(JSON.stringify(page));
    });
    return { document, at, bytes, download: () => scene.get(`files/${sha256}/${fileName}`) };
  },
};

const nuget: OfferedFormat = {
  format: 'nuget',
  at: '/v3/index.json',
  promises: true,
  async offer(scene, name, fileAt) {
    const { upstream } = scene;
    const { url } = upstream;
    const file = `${name}/1.0.0/${name}.1.0.0.nupkg`;
    const bytes = Buffer.concat([Buffer.from('PK\u0003\u0004'), Buffer.from(name)]);
    upstream.on('/v3/index.json', {
      version: '3.0.0',
      resources: [
        { '@id': fileAt ?? `${url}/flat/`, '@type': 'PackageBaseAddress/3.0.0' },
        { '@id': `${url}/semver2/`, '@type': 'RegistrationsBaseUrl/3.6.0' },
      ],
    });
    upstream.on(`/flat/${file}`, bytes);
    upstream.on('/catalog', {
      packageHash: digest('sha512', bytes).toString('base64'),
      packageHashAlgorithm: 'SHA512',
    });
    const catalogEntry = { '@id': `${url}/catalog`, id: name, version: '1.0.0', authors: 'a', description: 'd' };
    const page = { '@id': `${url}/page`, count: 1, lower: '0.0.0', upper: '9.9.9' };
    upstream.on(`/semver2/${name}/index.json`, { count: 1, items: [{ ...page, items: [{ catalogEntry }] }] });
    const document = { path: `metadata-semver2/${name}/index.json`, at: `/semver2/${name}/index.json` };
    return { document, at: `/flat/${file}`, bytes, download: () => scene.get(`download/${file}`) };
  },
};

const generic: OfferedFormat = {
  format: 'generic',
  promises: false,
  async offer(scene, name) {
    const { upstream } = scene;
    const path = `${name}/1.0/tool.bin`;
    const bytes = Buffer.from(`the tool ${name}`);
    upstream.on(`/${path}`, bytes);
    return { document: null, at: `/${path}`, bytes, download: () => scene.get(path) };
  },
};

const terraform: OfferedFormat = {
  format: 'terraform',
  promises: true,
  async offer(scene, name, fileAt) {
    const { upstream } = scene;
    const module = `elsewhere/${name}/aws`;
    const bytes = await moduleArchive(name);
    upstream.on('/.well-known/terraform.json', { 'modules.v1': '/modules' });
    upstream.on(`/modules/${module}/versions`, { modules: [{ versions: [{ version: '1.0.0' }] }] });
    const checksum = `archive=tgz&checksum=${digest('sha256', bytes).toString('hex')}`;
    upstream.on(`/modules/${module}/1.0.0/download`, (_request, response) => {
      const address = fileAt === undefined ? `./archive.tgz?${checksum}` : `${fileAt}?${checksum}`;
      response.writeHead(204, { 'x-terraform-get': address }).end();
    });
    const at = `/modules/${module}/1.0.0/archive.tgz`;
    upstream.on(at, bytes);
    const document = { path: `modules/v1/${module}/versions`, at: `/modules/${module}/versions` };
    const download = async (): Promise<SceneAnswer> => {
      const named = await scene.get(`modules/v1/${module}/1.0.0/download`);
      const location = named.headers.get('x-terraform-get') ?? '';
      return named.status === 204 ? scene.get(new URL(location, scene.registry.url).href) : named;
    };
    return { document, at, bytes, download };
  },
};

export const offeredFormats: readonly OfferedFormat[] = [npm, maven, pypi, nuget, generic, terraform];
