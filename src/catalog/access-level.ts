/** GitLab's roles as numbers: https://docs.gitlab.com/api/access_requests/#valid-access-levels */
export const guest = 10;
export const reporter = 20;
export const developer = 30;
export const maintainer = 40;
export const owner = 50;

export type AccessLevel = 10 | 20 | 30 | 40 | 50;

export const accessLevels: readonly AccessLevel[] = [guest, reporter, developer, maintainer, owner];

export function isAccessLevel(value: number): value is AccessLevel {
  return accessLevels.includes(value as AccessLevel);
}
