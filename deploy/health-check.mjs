// Ends with 0 when the server of this machine or container is ready to serve, else with 1: for Docker's HEALTHCHECK, which
// would otherwise need curl. `node health-check.mjs [URL]`; without a URL it follows PACKYARD_PORT and PACKYARD_TLS_CERT.
import { get as overHttp } from 'node:http';
import { get as overHttps } from 'node:https';

const { PACKYARD_PORT = '8080', PACKYARD_TLS_CERT = '' } = process.env;
const url = process.argv[2] ?? `${PACKYARD_TLS_CERT === '' ? 'http' : 'https'}://127.0.0.1:${PACKYARD_PORT}/-/readiness`;
const get = url.startsWith('https:') ? overHttps : overHttp;

// The certificate is for the public name, not for 127.0.0.1.
const request = get(url, { timeout: 4_000, rejectUnauthorized: false }, (response) => {
  response.resume();
  response.once('end', () => end(response.statusCode === 200 ? null : `${url} answered ${response.statusCode}`));
});
request.once('timeout', () => end(`${url} does not answer`));
request.once('error', (error) => end(error.message));

function end(problem) {
  if (problem !== null) console.error(problem);
  process.exit(problem === null ? 0 : 1);
}
