import type { ApiServices } from '../context.ts';

type Types = Pick<ApiServices, 'packageTypes'>;

/** GitLab's `package_type` of a format. */
export function packageTypeOf({ packageTypes }: Types, formatId: string): string {
  return packageTypes.get(formatId) ?? formatId;
}

/** The format that a `package_type` names; what isn't one names a format that nothing is of. */
export function formatOf({ packageTypes }: Types, packageType: string): string {
  for (const [formatId, type] of packageTypes) {
    if (type === packageType) return formatId;
    if (formatId === packageType) return '';
  }
  return packageType;
}
