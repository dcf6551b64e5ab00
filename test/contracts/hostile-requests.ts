/** Inputs that have brought down other registries, for every format alike. */
import fc from 'fast-check';
import type { RawRequest } from '../wire/raw-http.ts';

/** Texts in a path that no format may take, as they stand in the request line. */
export const climbing: readonly string[] = [
  '../../../etc/passwd',
  '..',
  '.',
  '%2e%2e',
  '%2e',
  '.%2e',
  '..%2f..%2fetc%2fpasswd',
  '%2F%2F%2F%2F..%2F..%2F..%2Fetc%2Fpasswd',
  'x%2f..%2f..%2fy',
  '..%252f..%252fetc',
  '%252e%252e%252f',
  '....//....//etc',
  '..%5c..%5cwindows',
  'a%5cb',
  '..%00',
  'a%00b',
  'good.jar%0a..%2f..%2fx',
  'good.jar%0d%0aX:%20y',
  '..;/..;/etc',
  '..;x=1',
  '%c0%ae%c0%ae%2f',
  '%ff%fe',
  '%u002e%u002e',
  '%',
  '%zz',
  'C:%2f..%2fe.txt',
  'a%2f%2fb',
  'a%2f',
  '%2fetc%2fpasswd',
  '%7f',
  `${'a%2f'.repeat(600)}b`,
  'a'.repeat(9_000),
];

const methods = [
  'GET',
  'GET',
  'HEAD',
  'PUT',
  'PUT',
  'POST',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'PROPFIND',
  'PURGE',
];

const segment = fc.oneof(
  fc.constantFrom(
    '-',
    '@scope',
    '1.0.0',
    'package',
    '__proto__',
    'constructor',
    '-rev',
    'dist-tags',
    'latest',
    '*',
    '..x',
  ),
  fc.constantFrom(...climbing.filter((text) => text.length < 100)),
  fc.string({ unit: 'grapheme', maxLength: 12 }).map(encodeURIComponent),
  fc.string({ unit: fc.constantFrom(...words('a b c . - _ ~ + @ ! $ & ( ) * , ; = : %20 %2f %25')), maxLength: 10 }),
);

const query = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    '?',
    '?write=true',
    '?status=hidden',
    '?status=evil',
    '?select=package_file',
    '?text=%25&size=-1&from=1e9',
  ),
  fc.webQueryParameters().map((text) => `?${text.replaceAll('#', '')}`),
);

const headerValue = fc.oneof(
  fc.constantFrom('', '*', '"x"', 'W/"x"', 'bytes=0-', 'bytes=0-0,-1', 'bytes=99999999999999999999-', '0', '-1', 'NaN'),
  fc.constantFrom(
    'gzip',
    'gzip;q=0',
    '*;q=0',
    'application/json',
    'application/json; charset=utf-7',
    'text/html, */*;q=0.1',
  ),
  fc.constantFrom(
    'multipart/form-data',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    '0x10',
  ),
  fc.constantFrom(
    'Mon, 01 Jan 2001 00:00:00 GMT',
    'bytes 0-1/2',
    'sha-256=:AAAA:',
    'sha-256=x',
    'Basic',
    'Basic Og==',
    'Bearer',
  ),
  fc
    .string({ unit: fc.constantFrom(' ', ...words('a b X Y 0 9 , ; = " / - _ . * :')), maxLength: 40 })
    .map((text) => text.trim()),
);

const headerName = fc.constantFrom(
  ...words(`    accept accept-encoding accept-language authorization content-encoding content-md5 content-range
    content-digest content-type cookie expect if-match if-modified-since if-none-match if-range
    if-unmodified-since job-token npm-auth-type npm-command npm-otp origin range referer te user-agent
    x-checksum-sha256 x-forwarded-for x-forwarded-host x-forwarded-proto x-http-method-override`),
);

const body = fc.oneof(
  fc.constant(undefined),
  fc.uint8Array({ maxLength: 200 }),
  fc.json({ maxDepth: 3 }),
  fc.constantFrom('{}', '[]', 'null', '""', '{"_attachments":{"a.tgz":{"data":"!"}}}', '{"versions":{"1.0.0":null}}'),
  fc.constantFrom(
    '--x\r\n\r\n',
    '--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc',
    '--x--\r\n',
  ),
);

/** Requests that are well-formed HTTP and little else, to `mount` and to some `known` paths below it. */
export function strangeRequest(mount: string, known: readonly string[]): fc.Arbitrary<RawRequest> {
  const path = fc.oneof(
    fc.constantFrom(...known),
    fc.array(segment, { maxLength: 5 }).map((segments) => segments.map((text) => `/${text}`).join('')),
  );
  return fc
    .record({ method: fc.constantFrom(...methods), path, query, headers: fc.dictionary(headerName, headerValue), body })
    .map(({ method, path: below, query: search, headers, body: content }) => ({
      method,
      target: `${mount}${below}${search}`,
      headers,
      ...(content === undefined ? {} : { body: content }),
    }));
}

function words(text: string): string[] {
  return text.trim().split(/\s+/);
}
