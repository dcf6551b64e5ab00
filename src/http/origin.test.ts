import type { IncomingMessage } from 'node:http';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import { clientAddress, originOf } from './origin.ts';

const proxies = [ipaddr.parseCIDR('10.0.0.0/8')];

function request(headers: Record<string, string>, remoteAddress = '127.0.0.1'): IncomingMessage {
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

describe('originOf', () => {
  test('is what the request was sent to', () => {
    const settings = { externalUrl: null, trustedProxies: [] };
    expect(originOf(request({ host: 'packages.example.com:8080' }), settings)).toBe('http://packages.example.com:8080');
    expect(originOf(request({ host: '[::1]:8080' }), settings)).toBe('http://[::1]:8080');
  });

  test('is the configured one whatever the request says', () => {
    const settings = { externalUrl: 'https://p.example.com/base', trustedProxies: [] };
    expect(originOf(request({ host: 'evil.example' }), settings)).toBe('https://p.example.com/base');
  });

  test('believes forwarding headers only of a trusted proxy', () => {
    const forwarded = { host: 'inner', 'x-forwarded-host': 'outer.example', 'x-forwarded-proto': 'https' };
    const settings = { externalUrl: null, trustedProxies: proxies };
    expect(originOf(request(forwarded, '10.1.2.3'), settings)).toBe('https://outer.example');
    expect(originOf(request(forwarded, '192.0.2.1'), settings)).toBe('http://inner');
  });

  test.each(['', 'a b', 'evil/path', 'x:y', 'a@b', '<script>', 'a.example:99999999'])('refuses the host %j', (host) => {
    const settings = { externalUrl: null, trustedProxies: [] };
    expect(() => originOf(request({ host }), settings)).toThrow(expect.objectContaining({ status: 400 }));
  });

  test('refuses a protocol that is none', () => {
    const settings = { externalUrl: null, trustedProxies: proxies };
    const headers = { host: 'x', 'x-forwarded-proto': 'javascript' };
    expect(() => originOf(request(headers, '10.0.0.1'), settings)).toThrow(expect.objectContaining({ status: 400 }));
  });
});

describe('clientAddress', () => {
  const settings = { externalUrl: null, trustedProxies: proxies };
  test('walks back past trusted proxies and no further', () => {
    const headers = { 'x-forwarded-for': '6.6.6.6, 198.51.100.7, 10.0.0.9' };
    expect(clientAddress(request(headers, '10.0.0.1'), settings)).toBe('198.51.100.7');
  });

  test('ignores what a stranger claims', () => {
    expect(clientAddress(request({ 'x-forwarded-for': '1.2.3.4' }, '203.0.113.9'), settings)).toBe('203.0.113.9');
  });

  test('stops at what is no address', () => {
    expect(clientAddress(request({ 'x-forwarded-for': 'nonsense' }, '10.0.0.1'), settings)).toBe('10.0.0.1');
  });
});
