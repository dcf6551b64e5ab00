/** What a site wants to know of us: a user name with its password, or a bearer token. */
export type SiteCredentials = { readonly username: string; readonly password: string } | { readonly token: string };

/** An upstream as requests see it. */
export interface Site {
  readonly id: number;
  /** What people call it. */
  readonly name: string;
  /** No slash at the end. A folder, or a document in it (`…/v3/index.json`): paths start where its links would. */
  readonly baseUrl: string;
  /** `unreadable`: sealed with another key than ours; then it is not asked at all. */
  readonly credentials: SiteCredentials | 'unreadable' | null;
  /** Further origins that its documents may send us to, without credentials. */
  readonly trustedOrigins: readonly string[];
}

/**
 * The URL that a path or link of this site means; `null` where the site may not send us: another origin that it doesn't
 * trust, another scheme, a user name.
 */
export function urlOn(site: Site, path: string): URL | null {
  const base = isDocument(site.baseUrl) ? site.baseUrl : `${site.baseUrl}/`;
  if (/[\s\\]/.test(path)) return null;
  const url = URL.canParse(path, base) ? new URL(path, base) : null;
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) return null;
  if (`${url.username}${url.password}` !== '') return null;
  return isTrusted(site, url) ? url : null;
}

/** Asked for what lies below a document, servers answer all kinds of things. */
function isDocument(url: string): boolean {
  return new URL(url).pathname.endsWith('.json');
}

/** At its own origin, or one that it names as its own. */
export function isTrusted(site: Site, url: URL): boolean {
  return url.origin === new URL(site.baseUrl).origin || site.trustedOrigins.includes(url.origin);
}

/** The header that goes to the site's own origin and nowhere else. */
export function authorizationFor(site: Site, url: URL): string | null {
  const { credentials } = site;
  if (credentials === null || credentials === 'unreadable' || url.origin !== new URL(site.baseUrl).origin) return null;
  if ('token' in credentials) return `Bearer ${credentials.token}`;
  const { username, password } = credentials;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
