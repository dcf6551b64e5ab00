import type { Caller } from '../access/caller.ts';
import { missing } from '../access/refusal.ts';
import { findFileById } from '../catalog/files.ts';
import { findPackageById, findPackageOfVersion, type PackageRow } from '../catalog/packages.ts';
import { findProject } from '../catalog/projects.ts';
import type { Format } from '../formats/format.ts';
import { problem } from '../problems/problem.ts';
import { changePackageStanding, changeStandings } from './change-tags.ts';
import type { Name, PackageStanding, Standing } from './model.ts';
import type { Binding } from './mount.ts';
import { removeFile, removeVersions } from './remove.ts';
import type { RegistryFoundation } from './foundation.ts';
import { StagedUploads } from './staged-uploads.ts';

/** Changes for the management API, which knows rows by number: the same steps as a package client's. */
export class ChangesById {
  readonly #services: RegistryFoundation;
  readonly #formats: readonly Format[];

  constructor(services: RegistryFoundation, formats: readonly Format[]) {
    this.#services = services;
    this.#formats = formats;
  }

  async remove(versionId: number, caller: Caller): Promise<void> {
    const row = await this.#packageOf(versionId);
    await removeVersions(await this.#bind(row, caller), nameOf(row), [row.versionKey]);
  }

  async removeFile(fileId: number, caller: Caller): Promise<void> {
    const file = await findFileById(this.#services.database, fileId);
    const row = file === undefined ? undefined : await findPackageById(this.#services.database, file.packageId);
    if (file === undefined || row === undefined) throw problem('file-not-found');
    await removeFile(await this.#bind(row, caller), nameOf(row), file);
  }

  /** `invalid-parameter` when versions of the format can't have that standing. */
  async setStanding(
    versionId: number,
    change: { readonly standing: Standing | null; readonly reason: string | null },
    caller: Caller,
  ): Promise<void> {
    const row = await this.#packageOf(versionId);
    const binding = await this.#bind(row, caller);
    checkOffered(change.standing, binding.format.standings ?? [], `a version of ${row.format}`);
    await changeStandings(binding, nameOf(row), new Map([[row.versionKey, change]]));
  }

  /** Of the whole package that the version belongs to. */
  async setPackageStanding(
    versionId: number,
    change: { readonly standing: PackageStanding | null; readonly reason: string | null },
    caller: Caller,
  ): Promise<void> {
    const row = await this.#packageOf(versionId);
    const binding = await this.#bind(row, caller);
    checkOffered(change.standing, binding.format.packageStandings ?? [], `a package of ${row.format}`);
    await changePackageStanding(binding, nameOf(row), change.standing, change.reason);
  }

  async #packageOf(versionId: number): Promise<PackageRow & { versionKey: string }> {
    const row = await findPackageOfVersion(this.#services.database, versionId);
    if (row === undefined) throw problem('package-not-found');
    return row;
  }

  async #bind(row: PackageRow, caller: Caller): Promise<Binding> {
    const format = this.#formats.find(({ id }) => id === row.format);
    const project = await findProject(this.#services.database, row.projectId);
    if (format === undefined || project === undefined) throw missing(caller, 'project');
    const mount = { scope: 'project', project } as const;
    return { services: this.#services, format, mount, caller, base: '', staged: new StagedUploads() };
  }
}

function checkOffered(standing: string | null, offered: readonly string[], what: string): void {
  if (standing === null || offered.includes(standing)) return;
  const allowed = offered.length === 0 ? 'has no standing' : `may be ${offered.join(', ')}`;
  throw problem('invalid-parameter', `standing does not have a valid value: ${what} ${allowed}`);
}

function nameOf(row: PackageRow): Name {
  return { key: row.nameKey, display: row.name, namespace: null };
}
