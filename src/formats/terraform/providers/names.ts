import { problem } from '../../../problems/problem.ts';
import type { Name } from '../../../registry/model.ts';
import type { FormatRequest } from '../../format.ts';

const typeForm = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;
const namespaceForm = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}$/;
const hostForm = /^[a-z0-9](?:[a-z0-9.-]{0,252}[a-z0-9])?(?::\d{1,5})?$/;
/** Paths of this format's own. */
const reserved: ReadonlySet<string> = new Set(['v1', 'mirror', 'mirrored', 'signing-keys', 'signing-key.asc']);

type Params = FormatRequest['params'];

/** A provider of this registry: its type alone; the group it lies in is its namespace. */
export function providerName({ type = '' }: Params): Name {
  if (!typeForm.test(type) || reserved.has(type)) {
    throw problem('invalid-name', "A provider's type is small letters, digits and dashes, 64 at most.");
  }
  return nameOf(type);
}

/** The same for reading: what can't be a name names nothing. */
export function readProviderName({ type = '' }: Params): Name {
  if (!typeForm.test(type)) throw problem('package-not-found', 'There is no provider of that name.');
  return nameOf(type);
}

/** A provider that comes from another registry: `registry.example.org/hashicorp/null`. */
export function mirroredName({ hostname = '', namespace = '', type = '' }: Params): Name {
  const host = hostname.toLowerCase();
  if (!hostForm.test(host) || !namespaceForm.test(namespace) || !typeForm.test(type)) {
    throw problem('invalid-name', 'A mirrored provider is named by host, namespace and type.');
  }
  return nameOf(`${host}/${namespace.toLowerCase()}/${type}`);
}

/** A provider of whichever registry is asked, by its address: `namespace/type`. What can't be one names nothing. */
export function addressedProvider({ namespace = '', type = '' }: Params): Name {
  if (!namespaceForm.test(namespace) || !typeForm.test(type)) {
    throw problem('package-not-found', 'There is no provider of that name.');
  }
  const address = `${namespace.toLowerCase()}/${type}`;
  return { key: address, display: address, namespace: namespace.toLowerCase() };
}

/** A provider of a registry that is named; rules may leave the host out. */
export function foreignProvider(params: Params): Name {
  const provider = addressedProvider(params);
  const host = (params['hostname'] ?? '').toLowerCase();
  if (!hostForm.test(host)) throw problem('package-not-found', 'There is no provider of that name.');
  return { ...provider, key: `${host}/${provider.key}` };
}

/** The type of a provider, with which the names of its files begin. */
export function typeOf({ key }: Name): string {
  return key.split('/').at(-1) ?? '';
}

/** Keys that the project's releases may be signed with. No type of a provider looks like it. */
export const keysName: Name = nameOf(':signing-keys');

function nameOf(key: string): Name {
  return { key, display: key, namespace: null };
}

/** A name that only one project of a group may have: those of its own providers. */
export function isOwnProvider(nameKey: string): boolean {
  return typeForm.test(nameKey);
}
