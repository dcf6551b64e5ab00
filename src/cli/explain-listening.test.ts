import { createSecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { explainListening } from './explain-listening.ts';

const at = { host: 'packages.example', port: 443 };
const coded = (code: string) => Object.assign(new Error(code), { code });

test.each([
  ['EADDRINUSE', /^Port 443 of packages\.example is taken.*PACKYARD_PORT/],
  ['EACCES', /may not listen on port 443.*PACKYARD_PORT/],
  ['EADDRNOTAVAIL', /packages\.example is no address.*PACKYARD_HOST/],
  ['ENOTFOUND', /packages\.example is no address.*PACKYARD_HOST/],
  ['ERR_OSSL_X509_KEY_VALUES_MISMATCH', /PACKYARD_TLS_CERT and PACKYARD_TLS_KEY.*: x509 key values mismatch\.$/],
])('%s is explained', (code, sentence) => {
  expect(explainListening(coded(code), at)).toMatchObject({ message: expect.stringMatching(sentence), exitCode: 1 });
});

test('files that hold no certificate are told as OpenSSL names it', () => {
  let thrown: unknown;
  try {
    createSecureContext({ cert: 'x', key: 'x' });
  } catch (error) {
    thrown = error;
  }
  expect(explainListening(thrown, at)).toMatchObject({ message: expect.stringContaining('no start line') });
});

test.each([new Error('x'), coded('EMFILE'), 'text'])('%s stays as it is', (error) => {
  expect(explainListening(error, at)).toBe(error);
});
