import { problem } from '../../problems/problem.ts';
import type { UpstreamAnswerHead } from '../upstream-protocol.ts';

/** Where a V3 source has what we read; each ends with a slash. */
export interface Addresses {
  /** `PackageBaseAddress` */
  readonly content: string;
  /** `RegistrationsBaseUrl`, of the hive that has most versions. */
  readonly registration: string;
  /** `SearchQueryService`, as it is; `null` = the source has none. */
  readonly search: string | null;
  readonly origin: string;
}

const content = ['PackageBaseAddress/3.0.0'];
const registrations = [
  'RegistrationsBaseUrl/3.6.0',
  'RegistrationsBaseUrl/Versioned',
  'RegistrationsBaseUrl/3.4.0',
  'RegistrationsBaseUrl/3.0.0-rc',
  'RegistrationsBaseUrl/3.0.0-beta',
  'RegistrationsBaseUrl',
];

/** https://learn.microsoft.com/nuget/api/service-index */
export function readServiceIndex(text: string, { url }: UpstreamAnswerHead): Addresses {
  const { resources } = JSON.parse(text) as { resources?: unknown };
  const list: readonly unknown[] = Array.isArray(resources) ? resources : [];
  const addresses = new Map<string, string>();
  for (const resource of list) {
    const { '@id': id, '@type': type } = (resource ?? {}) as { '@id'?: unknown; '@type'?: unknown };
    if (typeof id !== 'string') continue;
    for (const each of Array.isArray(type) ? (type as unknown[]) : [type]) {
      if (typeof each === 'string' && !addresses.has(each)) addresses.set(each, id);
    }
  }
  return {
    content: addressOf(addresses, content, url),
    registration: addressOf(addresses, registrations, url),
    search: searchIn(addresses, url),
    origin: new URL(url).origin,
  };
}

function searchIn(addresses: ReadonlyMap<string, string>, base: string): string | null {
  const types = ['SearchQueryService/3.5.0', 'SearchQueryService', 'SearchQueryService/3.0.0-rc'];
  const found = types.map((type) => addresses.get(type)).find((address) => address !== undefined);
  return found !== undefined && URL.canParse(found, base) ? new URL(found, base).href : null;
}

function addressOf(addresses: ReadonlyMap<string, string>, types: readonly string[], base: string): string {
  const found = types.map((type) => addresses.get(type)).find((address) => address !== undefined);
  if (found === undefined || !URL.canParse(found, base)) {
    throw problem('invalid-json', `The service index has no ${types[0]}.`);
  }
  return new URL(found, base).href.replace(/\/*$/, '/');
}
