import { expect, test } from 'vitest';
import type { FormatRequest, PlainReply, RegistryPort } from '../format.ts';
import { serviceIndex } from './v3-index.ts';

interface Resource {
  readonly '@id': string;
  readonly '@type': string;
}

async function resourcesAt(base: string): Promise<readonly Resource[]> {
  const registry = { hasAdvisories: async () => false } as unknown as RegistryPort;
  const reply = (await serviceIndex({ base } as FormatRequest, registry)) as PlainReply;
  return (reply.body as { resources: readonly Resource[] }).resources;
}

const project = '/api/v4/projects/1/packages/nuget';

test('templates are for https alone: clients refuse them otherwise', async () => {
  const types = async (base: string) => (await resourcesAt(base)).map((resource) => resource['@type']);
  const secure = await types(`https://packages.example.com${project}`);
  expect(secure.filter((type) => type.includes('UriTemplate'))).toEqual([
    'ReadmeUriTemplate/6.13.0',
    'PackageDetailsUriTemplate/5.1.0',
    'ReportAbuseUriTemplate/3.0.0-beta',
    'ReportAbuseUriTemplate/3.0.0-rc',
    'ReportAbuseUriTemplate/3.0.0',
  ]);
  expect((await types(`http://127.0.0.1${project}`)).filter((type) => type.includes('UriTemplate'))).toEqual([
    'ReadmeUriTemplate/6.13.0',
  ]);
});

test.each([
  ['https://x/prefix/api/v4/projects/a%2Fb/packages/nuget', true],
  ['https://x/api/v4/groups/1/-/packages/nuget', false],
  ['https://x/api/v4/packages/nuget', false],
])('%s can be pushed to: %s', async (base, pushed) => {
  const resources = await resourcesAt(base);
  expect(resources.some((resource) => resource['@type'] === 'PackagePublish/2.0.0')).toBe(pushed);
  expect(resources.every((resource) => resource['@id'].startsWith(base))).toBe(true);
});
