import type { PackageRow } from '../catalog/packages.ts';
import { problem } from '../problems/problem.ts';

/** Packages that are archived or in quarantine take no uploads: PEP 792, and good for every format. */
export function refuseClosed(row: PackageRow | undefined): void {
  if (row?.standing !== 'archived' && row?.standing !== 'quarantined') return;
  const what = row.standing === 'archived' ? 'archived' : 'in quarantine';
  throw problem('forbidden', `${row.name} is ${what} and takes no uploads.`);
}
