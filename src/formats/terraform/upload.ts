import { Problem, problem } from '../../problems/problem.ts';
import type { Name } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { readModuleArchive } from './module-archive.ts';
import { archiveName } from './module-file.ts';
import { contentOf, contentText, manifestOf } from './module-manifest.ts';
import { moduleName, moduleVersion } from './names.ts';
import type { StoredModule } from './version-list.ts';

/** `PUT /modules/:name/:system/:version/file`: GitLab's upload, the archive as the body. */
export async function uploadModule(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = moduleName(request.params);
  const version = moduleVersion(request.params);
  await refuseEarly(registry, name, version.key);
  const staged = await registry.stage(request.body());
  const { kind, folders } = await readModuleArchive(staged);
  const content = contentOf(folders);
  const manifest: StoredModule = { archive: kind, ...manifestOf(content) };
  const [, system = ''] = name.key.split('/');
  const fileName = archiveName(name, version.display, kind);
  await registry.publish({
    name,
    version,
    manifest: JSON.stringify(manifest),
    summary: null,
    readme: content.root.readme === '' ? null : content.root.readme,
    description: null,
    keywords: [system],
    files: [{ name: fileName, role: 'archive', staged, uniqueKey: null, details: contentText(content) }],
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'refuse',
    status: 'default',
  });
  return { status: 201, body: { message: '201 Created' } };
}

/** Asks before the body is read what the pipeline will ask again: one look, however many versions there are. */
async function refuseEarly(registry: RegistryPort, name: Name, version: string): Promise<void> {
  for (const kind of ['tgz', 'zip'] as const) {
    try {
      await registry.file(name, { versionKey: version, fileName: archiveName(name, version, kind) });
    } catch (error) {
      if (error instanceof Problem && error.code === 'file-not-found') continue;
      throw error;
    }
    throw problem('version-exists', `${name.display} ${version} has been published before.`);
  }
}

/** GitLab has nothing at the URL without `/file`. */
export async function uploadElsewhere(): Promise<Reply> {
  throw problem('not-found', 'Upload to the URL that ends in /file.');
}
