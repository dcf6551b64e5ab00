/** Where a bucket is, as `s3://bucket/prefix?endpoint=…&region=…` says. */
export interface S3Address {
  readonly bucket: string;
  /** Before each key: empty, or ending in `/`. */
  readonly prefix: string;
  /** `null` = Amazon's own, found by region. */
  readonly endpoint: string | null;
  /** `null` = as the environment or profile of the process says. */
  readonly region: string | null;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. */
  readonly pathStyle: boolean;
  /** `supported`: Amazon's newer checksum headers too, which several other stores refuse. */
  readonly checksums: 'required' | 'supported';
  /** How long the store may stand still, milliseconds: neither taking nor giving a byte. */
  readonly timeout: number;
}

const shape = /^s3:\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i;
const options = ['endpoint', 'region', 'path-style', 'checksums', 'timeout'];

/** Throws an `Error` whose message completes "The blob store …" or "PACKYARD_BLOBS_URL …", and repeats no secret. */
export function parseS3Address(url: string): S3Address {
  const [matched, authority = '', path = '', query = ''] = shape.exec(url) ?? [];
  if (matched === undefined) throw new Error('must be s3://bucket/prefix?endpoint=…&region=…');
  if (authority.includes('@')) {
    throw new Error('must not hold keys; set PACKYARD_S3_ACCESS_KEY and PACKYARD_S3_SECRET_KEY');
  }
  const given = new URLSearchParams(query);
  for (const name of given.keys()) {
    if (!options.includes(name)) throw new Error(`must have no other options than ${options.join(', ')}`);
    if (given.getAll(name).length > 1) throw new Error(`must name ${name} once`);
  }
  const endpoint = endpointOf(given.get('endpoint'));
  return {
    bucket: bucketOf(authority),
    prefix: prefixOf(path),
    endpoint,
    region: regionOf(given.get('region'), endpoint),
    pathStyle: wordOf(given, 'path-style', ['true', 'false'], endpoint === null ? 'false' : 'true') === 'true',
    checksums: wordOf(given, 'checksums', ['required', 'supported'], 'required'),
    timeout: timeoutOf(given.get('timeout') ?? '7'),
  };
}

function bucketOf(name: string): string {
  if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) return name;
  throw new Error('must name a bucket: 3 to 63 lower-case letters, digits, dots and hyphens after s3://');
}

/** Characters that every store and proxy leaves as they are. */
function prefixOf(path: string): string {
  const segments = path.split('/').filter((segment) => segment !== '');
  if (!segments.every((segment) => /^[\w.-]{1,200}$/.test(segment) && !/^\.+$/.test(segment))) {
    throw new Error('must have a prefix of letters, digits, dots, hyphens and underscores only');
  }
  return segments.map((segment) => `${segment}/`).join('');
}

function endpointOf(text: string | null): string | null {
  if (text === null) return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const plain = url !== null && /^https?:$/.test(url.protocol) && `${url.username}${url.password}${url.search}` === '';
  if (!plain) throw new Error('must have an endpoint such as https://s3.example.com');
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** Stores other than Amazon's mostly don't care which, but it is signed. */
function regionOf(text: string | null, endpoint: string | null): string | null {
  if (text === null) return endpoint === null ? null : 'us-east-1';
  if (/^[a-z0-9-]{1,40}$/.test(text)) return text;
  throw new Error('must have a region such as eu-central-1');
}

function wordOf<const Word extends string>(
  given: URLSearchParams,
  name: string,
  words: readonly Word[],
  fallback: NoInfer<Word>,
): Word {
  const text = given.get(name) ?? fallback;
  const found = words.find((word) => word === text);
  if (found === undefined) throw new Error(`must have ${name}=${words.join(' or ')}`);
  return found;
}

function timeoutOf(text: string): number {
  const seconds = /^\d{1,3}(\.\d{1,3})?$/.test(text) ? Number(text) : 0;
  if (seconds < 0.05 || seconds > 300) throw new Error('must have a timeout of 0.05 to 300 seconds');
  return seconds * 1_000;
}
