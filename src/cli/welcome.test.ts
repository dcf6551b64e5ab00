import { describe, expect, test } from 'vitest';
import { Secret } from '../config/secret.ts';
import type { Start } from './welcome.ts';
import { welcome } from './welcome.ts';

const first: Start = {
  version: '1.2.3',
  url: 'http://127.0.0.1:8080',
  bootstrap: { created: true, password: 'made-password', token: 'made-token' },
  config: { rootPassword: null, rootToken: null },
};

function said(start: Partial<Start> = {}): string {
  return welcome({ ...first, ...start }).join('\n');
}

describe('the first start', () => {
  test('shows URL, user, password, token and a line that publishes', () => {
    expect(said()).toContain('Packyard 1.2.3 is ready at http://127.0.0.1:8080');
    for (const word of ['root', 'made-password', 'made-token']) expect(said()).toContain(word);
    expect(said()).toContain(
      'npm publish --registry=http://127.0.0.1:8080/api/v4/projects/1/packages/npm/ ' +
        '"--//127.0.0.1:8080/api/v4/projects/1/packages/npm/:_authToken=made-token"',
    );
  });

  test('does not repeat secrets that its owner has set', () => {
    const config = { rootPassword: new Secret('owner-password'), rootToken: new Secret('owner-token') };
    const bootstrap = { created: true, password: 'owner-password', token: 'owner-token' } as const;
    expect(said({ config, bootstrap })).not.toMatch(/owner-(password|token)/);
    expect(said({ config, bootstrap })).toContain(':_authToken=$PACKYARD_ROOT_TOKEN"');
  });

  test('names an address that can be connected to', () => {
    expect(said({ url: 'http://0.0.0.0:80' })).toContain('at http://127.0.0.1:80');
    expect(said({ url: 'http://[::]:80' })).toContain('at http://[::1]:80');
    expect(said({ url: 'https://packages.example.com/yard' })).toContain(
      '"--//packages.example.com/yard/api/v4/projects/1/packages/npm/:_authToken=',
    );
  });
});

test('later starts say one line', () => {
  expect(welcome({ ...first, bootstrap: { created: false } })).toEqual([
    'Packyard 1.2.3 is ready at http://127.0.0.1:8080',
  ]);
});
