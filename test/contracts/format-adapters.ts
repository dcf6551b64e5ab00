import { npmPackage, publishDocument } from '../harness/packages.ts';
import { nupkg, pushForm } from '../nuget/nupkg.ts';
import { tarball } from '../harness/tarball.ts';
import { zip } from '../harness/zip.ts';
import { uploadForm, wheel } from '../harness/python-packages.ts';

/** What the suite must know of a format to ask it the same questions as every other. Paths are below the mount. */
export interface FormatAdapter {
  readonly id: string;
  /** A request that publishes a file holding `content`; the same content gives the same bytes. */
  publish(name: string, version: string, content: string): Promise<Upload>;
  /** Path of the file that such a publish makes, downloaded by GET. */
  file(name: string, version: string): string;
  /** Path of the metadata document of a package; `null` when the format has none. */
  document(name: string): string | null;
  /** Paths with hostile text in the place of each part that a client chooses. */
  hostile(text: string): readonly string[];
  /** Publishing a version or file again: refused with that status, or the newest answers. */
  readonly again: { readonly refused: number } | 'newest';
  /** Status of an anonymous download from a private project, and of one with a wrong password from a public one. */
  readonly anonymousFile: number;
  readonly wrongPassword: number;
  /** Throws unless `body` is an error as this format's clients read it. */
  readonly checkProblem: (body: unknown) => void;
}

export interface Upload {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** What a download gives back. */
  readonly stored: Buffer;
}

export const npmAdapter: FormatAdapter = {
  id: 'npm',
  async publish(name, version, content) {
    const made = await npmPackage({ name, version, files: { 'content.txt': content } });
    const body = Buffer.from(JSON.stringify(publishDocument(made)));
    const headers = { 'content-type': 'application/json' };
    return { method: 'PUT', path: `/${name}`, headers, body, stored: made.tarball };
  },
  file: (name, version) => `/${name}/-/${name}-${version}.tgz`,
  document: (name) => `/${name}`,
  hostile: (text) => [
    `/${text}`,
    `/@scope%2f${text}`,
    `/@scope/${text}`,
    `/victim/-/${text}`,
    `/${text}/-/victim-1.0.0.tgz`,
    `/victim/${text}`,
    `/victim/-rev/${text}`,
    `/-/package/${text}/dist-tags`,
    `/-/package/victim/dist-tags/${text}`,
    `/-/npm/v1/tokens/token/${text}`,
    `/-/user/org.couchdb.user:${text}`,
    `/-/npm/v1/attestations/${text}`,
  ],
  again: { refused: 403 },
  anonymousFile: 404,
  wrongPassword: 401,
  checkProblem(body) {
    const { error, message } = body as Record<string, unknown>;
    if (typeof error !== 'string' || error === '' || typeof message !== 'string') throw new Error(JSON.stringify(body));
  },
};

/** The first upload of a file is the one that stays. */
const pypiFiles = new Map<string, string>();

export const pypiAdapter: FormatAdapter = {
  id: 'pypi',
  async publish(name, version, content) {
    const made = wheel({ name, version, summary: content });
    if (!pypiFiles.has(made.fileName)) pypiFiles.set(made.fileName, made.sha256);
    const form = new Response(uploadForm(made));
    const headers = { 'content-type': form.headers.get('content-type') ?? '' };
    const body = Buffer.from(await form.arrayBuffer());
    return { method: 'POST', path: '/', headers, body, stored: made.bytes };
  },
  file(name, version) {
    const fileName = `${name.replaceAll('-', '_')}-${version}-py3-none-any.whl`;
    return `/files/${pypiFiles.get(fileName) ?? '0'.repeat(64)}/${fileName}`;
  },
  document: (name) => `/simple/${name}/`,
  hostile: (text) => [
    `/simple/${text}`,
    `/simple/${text}/`,
    `/files/${text}/victim-1.0.0-py3-none-any.whl`,
    `/files/${'0'.repeat(64)}/${text}`,
    `/files/${'0'.repeat(64)}/${text}.metadata`,
    `/pypi/${text}/json`,
    `/pypi/victim/${text}/json`,
    `/${text}`,
  ],
  again: { refused: 400 },
  anonymousFile: 401,
  wrongPassword: 401,
  checkProblem(body) {
    const { message, code } = body as Record<string, unknown>;
    if (typeof message !== 'string' || message === '' || code !== message) throw new Error(JSON.stringify(body));
  },
};

export const genericAdapter: FormatAdapter = {
  id: 'generic',
  async publish(name, version, content) {
    const body = Buffer.from(content);
    return { method: 'PUT', path: `/${name}/${version}/file.bin`, headers: {}, body, stored: body };
  },
  file: (name, version) => `/${name}/${version}/file.bin`,
  document: () => null,
  hostile: (text) => [
    `/${text}/1.0.0/file.bin`,
    `/victim/${text}/file.bin`,
    `/victim/1.0.0/${text}`,
    `/victim/1.0.0/${text}/file.bin`,
    `/victim/1.0.0/folder/${text}`,
    `/victim/1.0.0/folder/${text}/file.bin`,
  ],
  again: 'newest',
  anonymousFile: 401,
  wrongPassword: 200,
  checkProblem(body) {
    const { error, message } = body as Record<string, unknown>;
    const sentence = error ?? message;
    if (typeof sentence !== 'string' || sentence === '') throw new Error(JSON.stringify(body));
  },
};

export const nugetAdapter: FormatAdapter = {
  id: 'nuget',
  async publish(name, version, content) {
    const stored = nupkg({ id: name, version, files: { 'content.txt': content } });
    return { method: 'PUT', path: '/', ...pushForm(stored), stored };
  },
  file: (name, version) => `/download/${name}/${version}/${name}.${version}.nupkg`,
  document: (name) => `/metadata-semver2/${name}/index.json`,
  hostile: (text) => [
    `/download/${text}/index.json`,
    `/download/${text}/1.0.0/victim.1.0.0.nupkg`,
    `/download/victim/${text}/victim.1.0.0.nupkg`,
    `/download/victim/1.0.0/${text}`,
    `/metadata/${text}/index.json`,
    `/metadata/victim/${text}`,
    `/metadata/victim/page/${text}/1.0.0.json`,
    `/metadata/victim/page/1.0.0/${text}`,
    `/symbolfiles/${text}/x/victim.pdb`,
    `/symbolfiles/victim.pdb/${text}/victim.pdb`,
    `/${text}/1.0.0`,
    `/victim/${text}`,
  ],
  again: { refused: 409 },
  anonymousFile: 401,
  wrongPassword: 401,
  checkProblem: genericAdapter.checkProblem,
};

export const mavenAdapter: FormatAdapter = {
  id: 'maven',
  async publish(name, version, content) {
    const body = Buffer.from(content);
    return { method: 'PUT', path: mavenJar(name, version), headers: {}, body, stored: body };
  },
  file: mavenJar,
  document: (name) => `/com/example/${name}/maven-metadata.xml`,
  hostile: (text) => [
    `/${text}/example/victim/1.0.0/victim-1.0.0.jar`,
    `/com/${text}/victim/1.0.0/victim-1.0.0.jar`,
    `/com/example/${text}/1.0.0/victim-1.0.0.jar`,
    `/com/example/victim/${text}/victim-1.0.0.jar`,
    `/com/example/victim/1.0.0/victim-1.0.0-${text}.jar`,
    `/com/example/victim/1.0.0/victim-1.0.0.${text}`,
    `/com/example/victim/1.0.0/${text}`,
    `/com/example/${text}/maven-metadata.xml`,
    `/com/example/victim/1.0.0/victim-1.0.0.jar.${text}`,
    `/${text}`,
  ],
  again: { refused: 409 },
  anonymousFile: 401,
  wrongPassword: 401,
  checkProblem: genericAdapter.checkProblem,
};

function mavenJar(name: string, version: string): string {
  return `/com/example/${name}/${version}/${name}-${version}.jar`;
}

export const terraformAdapter: FormatAdapter = {
  id: 'terraform',
  async publish(name, version, content) {
    const body = await tarball([{ name: 'main.tf', content: `# ${content}\n` }]);
    return { method: 'PUT', path: `/modules/${name}/local/${version}/file`, headers: {}, body, stored: body };
  },
  file: (name, version) => `/modules/${name}/local/${version}`,
  document: (name) => `/modules/${name}/local/versions`,
  hostile: (text) => [
    `/modules/${text}/local/1.0.0`,
    `/modules/${text}/local/1.0.0/file`,
    `/modules/victim/${text}/1.0.0`,
    `/modules/victim/${text}/versions`,
    `/modules/victim/local/${text}`,
    `/modules/victim/local/${text}/file`,
    `/modules/v1/${text}/victim/local`,
    `/${text}`,
  ],
  again: { refused: 403 },
  anonymousFile: 401,
  wrongPassword: 401,
  checkProblem: checkErrors,
};

export const terraformProviderAdapter: FormatAdapter = {
  id: 'terraform_provider',
  async publish(name, version, content) {
    const body = zip([{ name: `terraform-provider-${name}_v${version}`, body: content, mode: 0o100755 }]);
    return { method: 'PUT', path: providerArchive(name, version), headers: {}, body, stored: body };
  },
  file: providerArchive,
  document: (name) => `/${name}`,
  hostile: (text) => [
    `/${text}`,
    `/${text}/1.0.0/terraform-provider-victim_1.0.0_linux_amd64.zip`,
    `/victim/${text}/terraform-provider-victim_1.0.0_linux_amd64.zip`,
    `/victim/1.0.0/${text}`,
    `/victim/${text}/release`,
    `/signing-keys/${text}`,
    `/mirror/${text}/acme/victim/index.json`,
    `/mirror/registry.test/${text}/victim/index.json`,
    `/mirror/registry.test/acme/${text}/index.json`,
    `/mirror/registry.test/acme/victim/${text}`,
    `/mirror/registry.test/acme/victim/1.0.0/${text}`,
  ],
  again: 'newest',
  anonymousFile: 401,
  wrongPassword: 401,
  checkProblem: checkErrors,
};

function providerArchive(name: string, version: string): string {
  return `/${name}/${version}/terraform-provider-${name}_${version}_linux_amd64.zip`;
}

function checkErrors(body: unknown): void {
  const { message, errors } = body as Record<string, unknown>;
  if (typeof message !== 'string' || message === '' || !Array.isArray(errors)) throw new Error(JSON.stringify(body));
}
