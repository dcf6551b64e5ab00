import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** `allowed`: private, and on the list of those that upstreams may have. */
export type AddressVerdict = 'public' | 'allowed' | 'forbidden';

/**
 * All that is public of IPv6 lies here: https://www.iana.org/assignments/ipv6-address-space. The special ranges in it, and
 * those of IPv4, are known to ipaddr.js, which follows the IANA registries of special-purpose addresses.
 */
const globalUnicast = ipaddr.parseCIDR('2000::/3');
/** What reaches IPv4 from networks that have IPv6 alone: https://www.rfc-editor.org/rfc/rfc6052#section-2.1. */
const translated = ipaddr.parseCIDR('64:ff9b::/96');
/** In a public range, and the host's own for everybody who runs there: Azure's machines ask it for their secrets. */
const ofClouds: ReadonlySet<string> = new Set(['168.63.129.16']);

/** Thrown where a name or URL leads to an address that may not be connected to. */
export class ForbiddenAddress extends Error {
  constructor(host: string) {
    super(`${host} has an address that upstreams may not have`);
    this.name = 'ForbiddenAddress';
  }
}

export type Resolve = typeof resolveName;

/**
 * Which addresses upstreams may have: public ones, and those of `PACKYARD_UPSTREAM_ALLOW`. Names are checked after they
 * were resolved, where the connection is made: what a name says at another time doesn't matter.
 */
export class AddressGuard {
  readonly #allow: readonly (readonly [ipaddr.IPv4 | ipaddr.IPv6, number])[];
  readonly #resolve: Resolve;

  /** `allow`: networks in CIDR form. */
  constructor(allow: readonly string[], resolve: Resolve = resolveName) {
    this.#allow = allow.map((network) => ipaddr.parseCIDR(network));
    this.#resolve = resolve;
  }

  verdictOn(address: string): AddressVerdict {
    if (!ipaddr.isValid(address)) return 'forbidden';
    // An IPv4 address in IPv6's clothes is judged as what it is.
    const parsed = ipaddr.process(address);
    if (this.#allow.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits))) {
      return 'allowed';
    }
    return isPublic(parsed) ? 'public' : 'forbidden';
  }

  /** Throws `ForbiddenAddress` for a host that is an address already: no look-up will be asked for it. */
  checkLiteral(hostname: string, publicOnly: boolean): void {
    const host = hostname.replace(/^\[|\]$/g, '');
    if (isIP(host) !== 0) this.#check(host, host, publicOnly);
  }

  /** For a socket's `lookup`: every address that the name has must be fine, not only the first. */
  lookup(publicOnly: boolean): LookupFunction {
    return (hostname, options, callback) => {
      this.#resolve(hostname, { ...options, all: true }, (error, found) => {
        if (error !== null) return callback(error, [] as LookupAddress[]);
        try {
          for (const { address } of found) this.#check(hostname, address, publicOnly);
        } catch (refusal) {
          return callback(refusal as Error, [] as LookupAddress[]);
        }
        const [first] = found;
        if (options.all === true || first === undefined) return callback(null, found);
        callback(null, first.address, first.family);
      });
    };
  }

  /** Resolves a name now; throws `ForbiddenAddress`. A name that can't be resolved passes: it may come later. */
  async checkName(hostname: string): Promise<void> {
    this.checkLiteral(hostname, false);
    if (isIP(hostname.replace(/^\[|\]$/g, '')) !== 0) return;
    const found = await new Promise<readonly LookupAddress[]>((resolve) => {
      this.#resolve(hostname, { all: true }, (error, addresses) => resolve(error === null ? addresses : []));
    });
    for (const { address } of found) this.#check(hostname, address, false);
  }

  #check(host: string, address: string, publicOnly: boolean): void {
    const verdict = this.verdictOn(address);
    if (verdict === 'forbidden' || (publicOnly && verdict !== 'public')) throw new ForbiddenAddress(host);
  }
}

function isPublic(address: ipaddr.IPv4 | ipaddr.IPv6): boolean {
  if (address instanceof ipaddr.IPv4) return address.range() === 'unicast' && !ofClouds.has(address.toString());
  if (address.match(translated)) return isPublic(new ipaddr.IPv4(address.toByteArray().slice(12)));
  return address.range() === 'unicast' && address.match(globalUnicast);
}
