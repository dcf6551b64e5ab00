/** Where the server listens, what it is called, and whom it believes. */
import { networks, path, text, webUrl, wholeNumber } from './parsers.ts';
import { setting } from './setting.ts';

export const network = {
  host: setting({
    key: 'PACKYARD_HOST',
    default: '127.0.0.1',
    meaning: 'Address to listen on; 0.0.0.0 or :: for every address of the machine.',
    parse: text,
  }),
  port: setting({
    key: 'PACKYARD_PORT',
    default: '8080',
    meaning: 'Port to listen on; 0 picks a free one and prints it.',
    parse: wholeNumber(0, 65_535),
  }),
  externalUrl: setting({
    key: 'PACKYARD_EXTERNAL_URL',
    default: null,
    defaultNote: 'from each request',
    meaning:
      'Base of every URL in answers, such as `https://packages.example.com`; may hold a path prefix. Set it whenever others reach this server.',
    parse: webUrl,
  }),
  workers: setting({
    key: 'PACKYARD_WORKERS',
    default: '1',
    meaning:
      "Processes that share the port, and the caches' memory times as many; as many as there are cores use the machine.",
    parse: wholeNumber(1, 256),
  }),
  tlsCert: setting({
    key: 'PACKYARD_TLS_CERT',
    default: null,
    defaultNote: 'none',
    meaning: 'File with the certificate chain (PEM), to serve HTTPS without a proxy. Needs `PACKYARD_TLS_KEY`.',
    parse: path,
  }),
  tlsKey: setting({
    key: 'PACKYARD_TLS_KEY',
    default: null,
    defaultNote: 'none',
    meaning: 'File with the private key of the certificate (PEM).',
    parse: path,
  }),
  trustedProxies: setting({
    key: 'PACKYARD_TRUSTED_PROXIES',
    default: '',
    meaning: 'Addresses or networks (CIDR), separated by commas, whose `X-Forwarded-*` headers are believed.',
    parse: networks,
  }),
  upstreamAllow: setting({
    key: 'PACKYARD_UPSTREAM_ALLOW',
    default: '',
    meaning:
      'Private addresses or networks (CIDR), separated by commas, that an upstream registry may have. Public ones it may have anyway.',
    parse: networks,
  }),
  drainSeconds: setting({
    key: 'PACKYARD_DRAIN_SECONDS',
    default: '60',
    meaning: 'How long requests in flight may take to finish after SIGTERM or SIGINT.',
    parse: wholeNumber(0, 3600),
  }),
};
