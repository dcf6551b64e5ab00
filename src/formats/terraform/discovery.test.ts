import { expect, test } from 'vitest';
import type { FormatRequest } from '../format.ts';
import { discover } from './discovery.ts';

test.each([
  ['https://packages.test', ''],
  ['https://packages.test/yard', '/yard'],
  ['http://127.0.0.1:8080', ''],
])('of %s every path begins with "%s"', async (origin, prefix) => {
  const reply = await discover({ origin } as FormatRequest);
  expect(reply).toEqual({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: {
      'modules.v1': `${prefix}/api/v4/packages/terraform/modules/v1/`,
      'providers.v1': `${prefix}/api/v4/packages/terraform_provider/v1/`,
      'login.v1': {
        client: 'terraform-cli',
        grant_types: ['authz_code'],
        authz: `${prefix}/oauth/authorize`,
        token: `${prefix}/oauth/token`,
        ports: [10_000, 10_010],
      },
    },
  });
});
