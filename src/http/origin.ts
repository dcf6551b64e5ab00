import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import ipaddr from 'ipaddr.js';
import { problem } from '../problems/problem.ts';

export type AddressRange = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

export interface OriginSettings {
  /** The one public URL, without trailing slash; `null` = from the request. */
  readonly externalUrl: string | null;
  readonly trustedProxies: readonly AddressRange[];
}

const hostForm = /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

/**
 * The base of every URL in an answer: the configured one, else what the request was sent to. `X-Forwarded-*` is believed
 * only from a trusted proxy.
 */
export function originOf(request: IncomingMessage, settings: OriginSettings): string {
  if (settings.externalUrl !== null) return settings.externalUrl;
  const forwarded = isTrusted(request.socket.remoteAddress, settings.trustedProxies) ? request.headers : {};
  const protocol =
    firstOf(forwarded['x-forwarded-proto']) ?? ((request.socket as TLSSocket).encrypted ? 'https' : 'http');
  const host = firstOf(forwarded['x-forwarded-host']) ?? request.headers.host ?? '';
  if (protocol !== 'http' && protocol !== 'https') {
    throw problem('invalid-request', 'X-Forwarded-Proto is neither http nor https.');
  }
  if (!hostForm.test(host)) throw problem('invalid-request', 'The Host header names no host.');
  return `${protocol}://${host}`;
}

/** The address a request came from: the nearest one that is not a trusted proxy. */
export function clientAddress(request: IncomingMessage, settings: OriginSettings): string {
  if (settings.trustedProxies.length === 0) return request.socket.remoteAddress ?? '';
  const hops = [...listOf(request.headers['x-forwarded-for'])];
  let address = request.socket.remoteAddress ?? '';
  while (isTrusted(address, settings.trustedProxies)) {
    const previous = hops.pop();
    if (previous === undefined || !ipaddr.isValid(previous)) break;
    address = previous;
  }
  return address;
}

function isTrusted(address: string | undefined, ranges: readonly AddressRange[]): boolean {
  if (ranges.length === 0 || address === undefined || !ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  return ranges.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits));
}

function listOf(value: string | string[] | undefined): string[] {
  const text = Array.isArray(value) ? value.join(',') : (value ?? '');
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function firstOf(value: string | string[] | undefined): string | undefined {
  return listOf(value)[0];
}
