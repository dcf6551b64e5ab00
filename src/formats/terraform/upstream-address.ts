import { problem } from '../../problems/problem.ts';
import { ask, type UpstreamAnswerHead, type UpstreamSteps } from '../upstream-protocol.ts';

export type Service = 'modules.v1' | 'providers.v1';

/** Addresses by service; each is absolute and ends with a slash. */
type Services = ReadonlyMap<string, string>;

/** Addresses of archives may end five minutes after they were given. */
export const addressGoodFor = 4 * 60_000;

/** Public registries keep their files with the people who publish. */
const publicRegistries: ReadonlyMap<string, readonly string[]> = new Map([
  ['registry.terraform.io', ['https://github.com', 'https://releases.hashicorp.com']],
  ['registry.opentofu.org', ['https://github.com']],
]);

export function trustedOrigins({ hostname }: URL): readonly string[] {
  return publicRegistries.get(hostname) ?? [];
}

/** Whether an upstream's URL is a host, which says itself where its services are, or the address of one. */
export function isHost({ pathname }: URL): boolean {
  return pathname === '/';
}

/**
 * Where an upstream has a service; `null` = it says that it has no such thing, or says nothing.
 * https://developer.hashicorp.com/terraform/internals/remote-service-discovery
 */
export function* addressOf(service: Service, base: URL): UpstreamSteps<string | null> {
  if (!isHost(base)) return `${base.href.replace(/\/*$/, '')}/`;
  const services = yield* ask({
    path: `${base.origin}/.well-known/terraform.json`,
    accept: 'application/json',
    read: readServices,
  });
  return services?.get(service) ?? null;
}

function readServices(text: string, { url }: UpstreamAnswerHead): Services {
  const document: unknown = JSON.parse(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw problem('invalid-json', 'Service discovery answers an object.');
  }
  const addresses = Object.entries(document).flatMap(([name, address]): [string, string][] => {
    if (typeof address !== 'string' || !URL.canParse(address, url)) return [];
    return [[name, new URL(address, url).href.replace(/\/*$/, '/')]];
  });
  return new Map(addresses);
}
