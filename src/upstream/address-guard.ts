import { lookup as resolveName, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';

/** `allowed`: private, and on the list of those that upstreams may have. */
export type AddressVerdict = 'public' | 'allowed' | 'forbidden';

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
    return parsed.range() === 'unicast' ? 'public' : 'forbidden';
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
