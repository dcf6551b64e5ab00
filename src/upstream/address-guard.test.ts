import type { LookupAddress } from 'node:dns';
import { describe, expect, test } from 'vitest';
import { AddressGuard, ForbiddenAddress, type Resolve } from './address-guard.ts';
import { checkedBaseUrl } from './base-url.ts';

const allowed = new AddressGuard(['10.1.0.0/16', 'fd00::/8']);

test.each([
  ['93.184.216.34', 'public'],
  ['2606:2800:220:1:248:1893:25c8:1946', 'public'],
  ['10.1.2.3', 'allowed'],
  ['fd12::1', 'allowed'],
  ['::ffff:10.1.2.3', 'allowed'],
  ['10.2.0.1', 'forbidden'],
  ['127.0.0.1', 'forbidden'],
  ['0.0.0.0', 'forbidden'],
  ['169.254.169.254', 'forbidden'],
  ['::1', 'forbidden'],
  ['::', 'forbidden'],
  ['::ffff:169.254.169.254', 'forbidden'],
  ['fe80::1', 'forbidden'],
  ['fc00::1', 'forbidden'],
  ['100.64.0.1', 'forbidden'],
  ['100.100.100.200', 'forbidden'],
  ['192.0.0.192', 'forbidden'],
  ['64:ff9b::7f00:1', 'forbidden'],
  ['64:ff9b::a9fe:a9fe', 'forbidden'],
  ['64:ff9b::10.1.2.3', 'forbidden'],
  ['64:ff9b::168.63.129.16', 'forbidden'],
  ['64:ff9b::93.184.216.34', 'public'],
  ['64:ff9b:1::5db8:d822', 'forbidden'],
  ['168.63.129.16', 'forbidden'],
  ['::ffff:168.63.129.16', 'forbidden'],
  ['168.63.129.17', 'public'],
  ['fd00:ec2::254', 'allowed'],
  ['0.1.2.3', 'forbidden'],
  ['192.0.2.1', 'forbidden'],
  ['192.88.99.1', 'forbidden'],
  ['198.18.0.1', 'forbidden'],
  ['198.51.100.1', 'forbidden'],
  ['203.0.113.1', 'forbidden'],
  ['240.0.0.1', 'forbidden'],
  ['172.16.0.1', 'forbidden'],
  ['192.168.0.1', 'forbidden'],
  ['::7f00:1', 'forbidden'],
  ['::127.0.0.1', 'forbidden'],
  ['::ffff:0:7f00:1', 'forbidden'],
  ['1::1', 'forbidden'],
  ['100::1', 'forbidden'],
  ['100:0:0:1::1', 'forbidden'],
  ['2001::1', 'forbidden'],
  ['2001:db8::1', 'forbidden'],
  ['2002:7f00:1::', 'forbidden'],
  ['2002:5db8:d822::', 'forbidden'],
  ['3fff::1', 'forbidden'],
  ['4000::1', 'forbidden'],
  ['5f00::1', 'forbidden'],
  ['fec0::1', 'forbidden'],
  ['ff02::1', 'forbidden'],
  ['fe80::1%eth0', 'forbidden'],
  ['2606:2800:220:1:248:1893:25c8:1946%eth0', 'public'],
  ['127.1', 'forbidden'],
  ['017700000001', 'forbidden'],
  ['0x7f000001', 'forbidden'],
  ['2130706433', 'forbidden'],
  ['224.0.0.1', 'forbidden'],
  ['255.255.255.255', 'forbidden'],
  ['not an address', 'forbidden'],
])('%s is %s', (address, verdict) => {
  expect(allowed.verdictOn(address)).toBe(verdict);
});

describe('a base URL', () => {
  const guard = new AddressGuard(
    [],
    resolving({ 'public.example': ['93.184.216.34'], 'inside.example': ['10.0.0.1'] }),
  );

  test.each([
    ['https://public.example/npm/', 'https://public.example/npm'],
    ['http://93.184.216.34', 'http://93.184.216.34'],
    // It may come later, and is looked at again then.
    ['https://unknown.example', 'https://unknown.example'],
  ])('%s is kept as %s', async (url, kept) => {
    expect(await checkedBaseUrl(url, guard)).toBe(kept);
  });

  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://0.0.0.0/',
    'http://[::1]/',
    'http://[::ffff:169.254.169.254]/',
    'http://169.254.169.254/latest/meta-data',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://017700000001/',
    'http://127.1/',
    'http://0177.0.0.1/',
    'http://168.63.129.16/machine',
    'http://2822734096/',
    'http://100.100.100.200/latest/meta-data',
    'http://192.0.0.192/opc/v2/instance',
    'http://[fd00:ec2::254]/latest/meta-data',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[::7f00:1]/',
    'http://[::127.0.0.1]/',
    'http://[2002:7f00:1::]/',
    'http://[fe80::1%25eth0]/',
    'http://[fe80::1%eth0]/',
    'http://%31%32%37.0.0.1/',
    'http://①②⑦.0.0.1/',
    'http://127.0.0.1./',
    'http://inside.example/',
    'http://127。0。0。1/',
    'file:///etc/passwd',
    'gopher://public.example/',
    'unix:/run/x.sock',
    'https://user:secret@public.example/',
    'https://public.example/?a=b',
    'https://public.example/#a',
    'public.example',
    `https://public.example/${'a'.repeat(255)}`,
  ])('%s is refused', async (url) => {
    const guardHere = new AddressGuard(
      [],
      resolving({ localhost: ['127.0.0.1'], 'localhost.': ['127.0.0.1'], 'inside.example': ['10.0.0.1'] }),
    );
    await expect(checkedBaseUrl(url, guardHere)).rejects.toMatchObject({ code: 'invalid-parameter' });
  });
});

describe('the look-up of a socket', () => {
  test('all addresses must be fine, not only the first', async () => {
    const guard = new AddressGuard([], resolving({ 'mixed.example': ['93.184.216.34', '127.0.0.1'] }));
    await expect(lookUp(guard, 'mixed.example', false)).rejects.toBeInstanceOf(ForbiddenAddress);
  });

  test('what is allowed is not for those that others point to', async () => {
    const guard = new AddressGuard(['10.0.0.0/8'], resolving({ 'inside.example': ['10.0.0.1'] }));
    await expect(lookUp(guard, 'inside.example', false)).resolves.toEqual([{ address: '10.0.0.1', family: 4 }]);
    await expect(lookUp(guard, 'inside.example', true)).rejects.toBeInstanceOf(ForbiddenAddress);
  });

  test('a name that is public once and private the next time', async () => {
    let calls = 0;
    const rebinding = ((_name: string, _options: object, callback: (error: null, found: LookupAddress[]) => void) => {
      calls += 1;
      callback(null, [{ address: calls === 1 ? '93.184.216.34' : '127.0.0.1', family: 4 }]);
    }) as unknown as Resolve;
    const guard = new AddressGuard([], rebinding);
    await checkedBaseUrl('http://rebind.example', guard);
    await expect(lookUp(guard, 'rebind.example', false)).rejects.toBeInstanceOf(ForbiddenAddress);
  });
});

function lookUp(guard: AddressGuard, name: string, publicOnly: boolean): Promise<unknown> {
  return new Promise((resolve, reject) => {
    guard.lookup(publicOnly)(name, { all: true }, (error, found) => (error === null ? resolve(found) : reject(error)));
  });
}

function resolving(names: Readonly<Record<string, readonly string[]>>): Resolve {
  return ((name: string, _options: object, callback: (error: Error | null, found: LookupAddress[]) => void) => {
    const addresses = names[name];
    if (addresses === undefined) callback(new Error('ENOTFOUND'), []);
    else
      callback(
        null,
        addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
      );
  }) as unknown as Resolve;
}
