import type { Session } from '../database/database.ts';

interface Face {
  readonly id: number;
  readonly description: string | null;
  readonly keywords: string;
}

/**
 * Points the package to the version that stands for it (the one its primary tag names, else the newest) and renews the
 * text it is searched by. Called whenever versions or that tag changed.
 */
export async function renewPrimary(tx: Session, packageId: number, primaryTag: string | null): Promise<void> {
  const face = (await taggedVersion(tx, packageId, primaryTag)) ?? (await newestVersion(tx, packageId));
  if (face === undefined) return;
  await tx.run('update package set primary_version_id = ?, search_text = lower(name) || ? where id = ?', [
    face.id,
    searchWords(face),
    packageId,
  ]);
}

function searchWords(face: Face): string {
  const keywords = JSON.parse(face.keywords) as string[];
  return `\n${face.description ?? ''}\n${keywords.join('\n')}\n`.toLowerCase();
}

async function taggedVersion(tx: Session, packageId: number, tag: string | null): Promise<Face | undefined> {
  if (tag === null) return undefined;
  return tx.get<Face>(
    `select version.id, version.description, version.keywords from tag join version on version.id = tag.version_id
     where tag.package_id = ? and tag.name = ?`,
    [packageId, tag],
  );
}

function newestVersion(tx: Session, packageId: number): Promise<Face | undefined> {
  // The highest id is read from an index alone; sorting would read every version.
  return tx.get<Face>(
    'select id, description, keywords from version where id = (select max(id) from version where package_id = ?)',
    [packageId],
  );
}
