import type { Session } from '../database/database.ts';
import type { Digests } from '../lib/digests.ts';
import { list, type Listing, type ListOptions } from './listing.ts';

export interface FileListItem extends Digests {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  readonly createdAt: number;
}

const columns = `f.id, f.name, b.size, b.md5, b.sha1, b.sha256, b.sha512, f.created_at as "createdAt"`;
const from = 'file f join blob b on b.sha256 = f.sha256';

export type FileOrder = 'id' | 'createdAt' | 'name';
const orderColumns = { id: 'f.id', createdAt: 'f.created_at', name: 'f.name' };

/** Files of a version, older ones of the same name too. */
export function listFiles(
  session: Session,
  versionId: number,
  options: ListOptions<FileOrder>,
): Promise<Listing<FileListItem>> {
  const where = { sql: 'f.version_id = ?', params: [versionId] };
  return list<FileListItem, FileOrder>(session, { columns, from, where, id: 'f.id', orderColumns }, options);
}
