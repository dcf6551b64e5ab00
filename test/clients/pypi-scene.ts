/** The scene of the Python clients: what they are given as URLs, and files put there without a client. */
import { normalizeName } from '../../src/formats/pypi/file-names.ts';
import { type Distribution, sdist, uploadForm, wheel } from '../harness/python-packages.ts';
import type { TestGroup, TestProject, TestServerOptions } from '../harness/types.ts';
import { type Scene, scene } from './scene.ts';

export interface PypiScene extends Scene {
  /** Registry of a project, where files are uploaded. */
  readonly upload: (project: TestProject) => string;
  /** Simple index of a project, or of the group with `group`; with `user:password` in it where given. */
  readonly simple: (of: Place, login?: Login) => string;
  /** A project's page as JSON; rejects unless it is there. */
  readonly page: (name: string, project?: Place, login?: Login) => Promise<Page>;
  /** Uploads as the developer; rejects unless it was new or known. */
  readonly put: (project: TestProject, ...files: Distribution[]) => Promise<void>;
  /** Says of a version that it is not to be taken; through the management API. */
  readonly yank: (project: TestProject, name: string, version: string, reason: string | null) => Promise<void>;
  /** Says of a whole project that it is archived or quarantined, or takes it back; through the management API. */
  readonly setStatus: (project: TestProject, name: string, status: string | null) => Promise<void>;
  /** Removes a version with its files; through the management API. */
  readonly remove: (project: TestProject, name: string, version: string) => Promise<void>;
}

export interface Page {
  readonly versions: readonly string[];
  readonly files: readonly PageFile[];
  /** SHA-256 by file name. */
  readonly digests: Readonly<Record<string, string>>;
}

export interface PageFile {
  readonly filename: string;
  readonly url: string;
  readonly hashes: { readonly sha256: string };
  readonly provenance?: string | null;
  readonly 'gpg-sig'?: boolean;
}

export type Place = TestProject | TestGroup;
export type Login = readonly [user: string, password: string];

export async function pypiScene(options: TestServerOptions = {}): Promise<PypiScene> {
  const at = await scene(options);
  const { url } = at.server;
  // By path: the slash in it has to come through every client as `%2F`.
  const upload = ({ fullPath }: TestProject): string =>
    `${url}/api/v4/projects/${encodeURIComponent(fullPath)}/packages/pypi`;
  const simple = (of: Place, login?: Login): string => {
    const base = of.kind === 'project' ? upload(of) : `${url}/api/v4/groups/${of.fullPath}/-/packages/pypi`;
    return withLogin(`${base}/simple/`, login);
  };
  /** Path of a version, or of some version, in the management API. */
  const itemOf = async ({ id }: TestProject, name: string, version?: string): Promise<string> => {
    const wanted = version === undefined ? '' : `&package_version=${version}`;
    const found = `/projects/${id}/packages?package_type=pypi${wanted}`;
    const items = await at.server.api<{ id: number; name: string }[]>('GET', found);
    const item = items.find((each) => normalizeName(each.name) === name);
    return `/projects/${id}/packages/${item?.id}`;
  };
  return {
    ...at,
    upload,
    simple,
    async page(name, project = at.open, login) {
      const headers = login === undefined ? {} : { authorization: basic(login) };
      const accept = 'application/vnd.pypi.simple.v1+json';
      const answer = await fetch(`${simple(project)}${name}/`, { headers: { accept, ...headers } });
      if (answer.status !== 200) throw new Error(`${name}: ${answer.status} ${await answer.text()}`);
      const page = (await answer.json()) as Omit<Page, 'digests'>;
      return { ...page, digests: Object.fromEntries(page.files.map((file) => [file.filename, file.hashes.sha256])) };
    },
    async yank(project, name, version, reason) {
      const item = await itemOf(project, name, version);
      await at.server.api('PUT', `${item}/standing`, { standing: 'yanked', reason });
    },
    async setStatus(project, name, status) {
      await at.server.api('PUT', `${await itemOf(project, name)}/package_standing`, { standing: status });
    },
    async remove(project, name, version) {
      await at.server.api('DELETE', await itemOf(project, name, version));
    },
    async put(project, ...files) {
      const headers = { authorization: basic([at.developer.username, at.developer.token]) };
      for (const file of files) {
        const answer = await fetch(upload(project), { method: 'POST', headers, body: uploadForm(file) });
        const said = await answer.text();
        if (!answer.ok) throw new Error(`${file.fileName}: ${answer.status} ${said}`);
      }
    },
  };
}

/** SHA-256 by file name, as a page has them. */
export function digestsOf(...files: Distribution[]): Record<string, string> {
  return Object.fromEntries(files.map(({ fileName, sha256 }) => [fileName, sha256]));
}

export function withLogin(url: string, login?: Login): string {
  const whole = new URL(url);
  if (login !== undefined) [whole.username, whole.password] = login;
  return whole.href;
}

export function basic([user, password]: Login): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/**
 * What the readers' tests resolve: `lace` 1.0 needs `knot` below 2 and, for its extra, `bow`; there are newer ones that
 * must not be taken, for another Python, for trial, and as source only.
 */
export async function shoeShop(): Promise<Distribution[]> {
  const lace = { name: 'acme-lace', extras: ['fancy'], requires: ['acme.knot<2', "acme-bow; extra == 'fancy'"] };
  return [
    wheel({ ...lace, version: '0.9' }),
    wheel({ ...lace, version: '1.0', summary: 'Ties <shoes> & "boots"', ballast: 300_000 }),
    wheel({ ...lace, version: '1.1', requiresPython: '>=3.99' }),
    wheel({ ...lace, version: '2.0rc1' }),
    wheel({ name: 'Acme.Knot', version: '1.5', ballast: 200_000 }),
    wheel({ name: 'Acme.Knot', version: '2.0' }),
    await sdist({ name: 'acme_bow', version: '0.1' }),
  ];
}
