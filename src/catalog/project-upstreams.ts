import type { Session } from '../database/database.ts';
import { findUpstream, type Upstream } from './upstreams.ts';

/** The upstream of a project's dependency proxy, for one format. */
export async function findProjectUpstream(
  session: Session,
  projectId: number,
  format: string,
): Promise<Upstream | undefined> {
  const row = await session.get<{ upstreamId: number }>(
    'select upstream_id as "upstreamId" from project_upstream where project_id = ? and format = ?',
    [projectId, format],
  );
  return row === undefined ? undefined : findUpstream(session, row.upstreamId);
}

export function setProjectUpstream(
  tx: Session,
  projectId: number,
  format: string,
  upstreamId: number,
): Promise<number> {
  return tx.run(
    `insert into project_upstream (project_id, format, upstream_id) values (?, ?, ?)
     on conflict (project_id, format) do update set upstream_id = excluded.upstream_id`,
    [projectId, format, upstreamId],
  );
}

export function removeProjectUpstream(tx: Session, projectId: number, format: string): Promise<number> {
  return tx.run('delete from project_upstream where project_id = ? and format = ?', [projectId, format]);
}
