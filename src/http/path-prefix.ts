/** The path of the public URL, without slash at its end: `/yard` of `https://packages.example.com/yard`; often empty. */
export function prefixOf(externalUrl: string | null): string {
  return externalUrl === null ? '' : new URL(externalUrl).pathname.replace(/\/+$/, '');
}

/**
 * A request's URL below the prefix, whether a proxy took it off already or not: taking it off without decoding `%2F` is
 * hard for some. What has no page or protocol of ours behind the prefix stays as it is, so that `/api` may be one.
 */
export function withoutPrefix(url: string, prefix: string): string {
  if (prefix === '' || !url.startsWith(prefix)) return url;
  const rest = url.slice(prefix.length);
  return /^(?:$|\?|\/(?:$|\?|api\/|-\/|oauth\/|\.well-known\/))/.test(rest) ? `/${rest.replace(/^\//, '')}` : url;
}
