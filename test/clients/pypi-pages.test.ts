/** Every page that is served, read by the parsers of pip and of `packaging`. */
import { beforeAll, expect, test } from 'vitest';
import { type Distribution, sdist, wheel } from '../harness/python-packages.ts';
import type { TestProject } from '../harness/types.ts';
import { describeClient } from './client.ts';
import { basic, type Login, type PypiScene, pypiScene } from './pypi-scene.ts';
import { type PythonMachine, pythonMachine } from './python-machine.ts';

let at: PypiScene;
let files: Distribution[];

const many = { versions: 400, pythons: ['cp39', 'cp310', 'cp311', 'cp312', 'cp313'] };

beforeAll(async () => {
  at = await pypiScene();
  files = [
    wheel({ name: 'Acme.Odd', version: '1.0', requiresPython: '>=3.8,!=3.9.*,<4', summary: "“<b>” & 's" }),
    wheel({ name: 'acme_odd', version: '1.0+Ubuntu.1', requires: ['a>1; python_version<"3"'], extras: ['x'] }),
    wheel({ name: 'acme-odd', version: '1!0.5rc1', build: '7b', tag: 'py2.py3-none-any', description: 'naïve\n' }),
    wheel({ name: 'acme-odd', version: '1.0.post1', headers: ['License: MIT', 'Classifier: Private :: x'] }),
    await sdist({ name: 'acme-odd', version: '2.0.dev3' }),
  ];
  await at.put(at.open, ...files);
  await at.yank(at.open, 'acme-odd', '1.0.post1', '<script>"&\'');
  return at.end;
});

interface Link {
  readonly filename: string;
  readonly url: string;
  readonly hash: string;
  readonly requiresPython: string | null;
  readonly yanked: string | null;
  readonly metadata: string | null;
}

/** Both forms of a page as this pip reads them. */
async function links(python: PythonMachine, url: string, login?: Login): Promise<{ json: Link[]; html: Link[] }> {
  const read = async (accept: string): Promise<Link[]> => {
    const headers = { accept, ...(login === undefined ? {} : { authorization: basic(login) }) };
    const answer = await fetch(url, { headers });
    expect([answer.status, answer.headers.get('content-type')?.startsWith(accept)]).toEqual([200, true]);
    return (await python.python(parser, { url, type: accept, body: await answer.text() })) as Link[];
  };
  return { json: await read('application/vnd.pypi.simple.v1+json'), html: await read('text/html') };
}

const parser = `
import json, sys
from pip._internal.index.collector import IndexContent, parse_links
given = json.load(sys.stdin)
def metadata(link):
    new = getattr(link, "metadata_file_data", None)
    return new.hashes["sha256"] if new and new.hashes else None
page = IndexContent(given["body"].encode(), given["type"], "utf-8", given["url"])
json.dump([{
  "filename": link.filename, "url": link.url_without_fragment, "hash": link.hash,
  "requiresPython": link.requires_python or None, "yanked": link.yanked_reason, "metadata": metadata(link),
} for link in parse_links(page)], sys.stdout)`;

// Of JSON, pip 22 doesn't read digests.
for (const id of ['pip@23.0', 'pip@26'] as const) {
  describeClient(id, (pip) => {
    test('a project’s page says the same in both forms', async () => {
      const python = await pythonMachine(pip);
      const { json, html } = await links(python, `${at.simple(at.open)}acme-odd/`);
      expect(html).toEqual(json);
      const found = Object.fromEntries(json.map((link) => [link.filename, link]));
      expect(Object.keys(found).toSorted()).toEqual(files.map(({ fileName }) => fileName).toSorted());
      for (const { fileName, sha256, bytes } of files) {
        const link = found[fileName];
        expect(link?.hash).toBe(sha256);
        expect(Buffer.from(await (await fetch(link?.url ?? '')).arrayBuffer())).toEqual(bytes);
      }
      expect(found['acme_odd-1.0-py3-none-any.whl']?.requiresPython).toBe('>=3.8,!=3.9.*,<4');
      expect(json.filter(({ yanked }) => yanked !== null).map(({ yanked }) => yanked)).toEqual(['<script>"&\'']);
    });
  });
}

describeClient('pip@26', (pip) => {
  test('a group’s page, and root indexes', async () => {
    const python = await pythonMachine(pip);
    const group = await links(python, `${at.simple(at.acme)}acme-odd/`);
    expect(group.html).toEqual(group.json);
    expect(group.json).toHaveLength(files.length);
    for (const place of [at.open, at.acme]) {
      const root = await fetch(at.simple(place), { headers: { accept: 'text/html' } });
      const input = { url: at.simple(place), type: 'text/html', body: await root.text() };
      const listed = (await python.python(parser, input)) as Link[];
      expect(listed.map(({ url }) => url)).toContain(`${at.simple(place)}acme-odd/`);
    }
  });

  test('names, versions, specifiers and metadata as packaging takes them', async () => {
    const python = await pythonMachine(pip);
    const page = await at.page('acme-odd');
    const metadata = await Promise.all(
      page.files.filter(hasMetadata).map(async ({ url }) => (await fetch(`${url}.metadata`)).text()),
    );
    expect(metadata.toSorted()).toEqual(files.map((file) => file.metadata).toSorted());
    const program = `
import json, sys
from packaging.metadata import Metadata
from packaging.specifiers import SpecifierSet
from packaging.utils import parse_sdist_filename, parse_wheel_filename
from packaging.version import Version
page, metadata = json.load(sys.stdin)
parsed = [parse_wheel_filename(f["filename"]) if f["filename"].endswith(".whl") else parse_sdist_filename(f["filename"]) for f in page["files"]]
for f in page["files"]: SpecifierSet(f.get("requires-python") or "")
whole = [Metadata.from_email(text.encode()) for text in metadata]
versions = [Version(text) for text in page["versions"]]
json.dump({
  "names": sorted({p[0] for p in parsed} | {m.name.lower().replace(".", "-").replace("_", "-") for m in whole}),
  "sorted": versions == sorted(versions),
  "same": {p[1] for p in parsed} == set(versions) == {m.version for m in whole},
}, sys.stdout)`;
    expect(await python.python(program, [page, metadata])).toEqual({ names: ['acme-odd'], sorted: true, same: true });
  });

  const hasMetadata = (file: object): boolean => 'core-metadata' in file && file['core-metadata'] !== false;

  test('2,000 files in one project: listed in order, resolved, and more can be added', async () => {
    const python = await pythonMachine(pip);
    await uploadMany(at, at.secret);
    const login: Login = [at.developer.username, at.developer.token];
    const { json, html } = await links(python, `${at.simple(at.secret)}acme-many/`, login);
    expect(html).toEqual(json);
    expect(json).toHaveLength(many.versions * many.pythons.length);
    const { versions } = await at.page('acme-many', at.secret, login);
    expect(versions).toEqual(Array.from({ length: many.versions }, (_, minor) => `1.${minor}`));
    await at.put(at.secret, wheel({ name: 'acme-many', version: '2.0' }));
    const resolve = ['install', '--dry-run', '--index-url', at.simple(at.secret, login), 'acme-many'];
    expect(await python.ok(resolve)).toContain('Would install acme-many-2.0');
    expect(await python.ok([...resolve, 'acme-many<1.200'])).toContain('Would install acme-many-1.199');
  }, 300_000);
});

async function uploadMany({ put }: PypiScene, project: TestProject): Promise<void> {
  const waiting = Array.from({ length: many.versions }, (_, minor) =>
    many.pythons.map((tag) =>
      wheel({ name: 'acme-many', version: `1.${minor}`, tag: `${tag}-${tag}-manylinux_2_5_x86_64.manylinux1_x86_64` }),
    ),
  ).flat();
  const worker = async (): Promise<void> => {
    for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) await put(project, file);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
