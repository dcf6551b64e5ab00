import { afterAll, beforeAll, expect, test } from 'vitest';
import { management } from '../harness/management.ts';
import { npmPackage, publishDocument } from '../harness/packages.ts';
import { RawConnection, requestBytes } from './raw-http.ts';
import { ServerProcess } from './server-process.ts';

/** Whatever carries a secret, right or wrong: neither the log nor the metrics repeat it. */

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start({ PACKYARD_LOG_LEVEL: 'trace', PACKYARD_ROOT_PASSWORD: 'the-password-of-root' });
});

afterAll(() => server.end());

const basic = (name: string, secret: string): string => `Basic ${Buffer.from(`${name}:${secret}`).toString('base64')}`;

async function send(
  method: string,
  target: string,
  headers: Record<string, string> = {},
  body?: string,
): Promise<string> {
  const connection = await RawConnection.open(server.url);
  await connection.send(requestBytes({ method, target, headers, ...(body === undefined ? {} : { body }) }));
  const answer = await connection.answer(method);
  connection.abort();
  return answer.body.toString();
}

test('no secret is in the log', async () => {
  const managed = management(server.url, server.token);
  const user = await managed.createUser('alice');
  const deploy = await managed.createToken({
    kind: 'deploy',
    of: { kind: 'project', id: 1, fullPath: 'root/packages', npm: '', generic: '' },
    scopes: ['read_package_registry', 'write_package_registry'],
  });
  const secrets = {
    rootToken: server.token,
    rootPassword: 'the-password-of-root',
    userToken: user.token,
    userPassword: user.password,
    deployToken: deploy.token,
    wrongToken: 'pkyp_AAAAwrongAAAAwrongAAAAwrongAAAA000000',
    gitlabToken: `glpat-${'A'.repeat(20)}`,
    wrongPassword: 'a-wrong-password-typed-by-hand',
    oneTime: '918273',
    inQuery: 'a-secret-in-a-query-string',
    inCookie: 'a-secret-in-a-cookie-0123',
  };
  const { rootToken, userToken, userPassword, wrongToken, wrongPassword, deployToken, gitlabToken } = secrets;
  const packages = '/api/v4/projects/1/packages';
  const targets = [`${packages}/generic/p/1.0/f`, `${packages}/npm/-/whoami`, '/api/v4/user', '/nowhere'];
  const carriers: Record<string, string>[] = [
    ...[rootToken, userToken, wrongToken, deployToken, gitlabToken].flatMap((token) => [
      { 'private-token': token },
      { 'job-token': token },
      { 'deploy-token': token },
      { 'x-nuget-apikey': token },
      { authorization: `Bearer ${token}` },
      { authorization: basic('alice', token) },
      { authorization: token },
    ]),
    { authorization: basic('alice', userPassword) },
    { authorization: basic('alice', wrongPassword) },
    { 'private-token': userToken, 'npm-otp': secrets.oneTime },
    { cookie: `session=${secrets.inCookie}` },
    { 'private-token': rootToken, authorization: `Bearer ${wrongToken}` },
  ];
  for (const target of targets) {
    for (const headers of carriers) {
      await send('GET', target, headers);
      if (target === targets[0]) await send('PUT', target, headers, '{}');
    }
    for (const parameter of ['private_token', 'job_token', 'access_token', 'token', '_auth', 'password']) {
      await send('GET', `${target}?x=1&${parameter}=${secrets.inQuery}&y=2`);
    }
  }
  await everydayUse(secrets);
  expect(Object.keys(secrets)).toEqual(expect.arrayContaining(['loginToken', 'npmToken', 'loginId', 'pollId']));
  expect(await server.stopped()).toBe(0);
  const { output } = server;
  expect(output).toMatch(/"msg":"request"/);
  expect(output).toContain('/-/npm/v1/tokens/token/');
  for (const [what, secret] of Object.entries(secrets)) {
    expect(output.includes(secret), what).toBe(false);
    for (const name of ['alice', 'root', 'anybody']) {
      expect(output.includes(basic(name, secret).slice(6)), `${what} in base64`).toBe(false);
    }
    expect(output.includes(encodeURIComponent(secret)), `${what} encoded`).toBe(false);
  }
}, 120_000);

/** Login, tokens and a publish, as npm and the management API do them; secrets in bodies and paths. */
async function everydayUse(secrets: Record<string, string>): Promise<void> {
  const npm = '/api/v4/projects/1/packages/npm';
  const { userToken = '', userPassword = '', wrongPassword = '' } = secrets;
  const json = { 'content-type': 'application/json' };
  const signedIn = { ...json, authorization: `Bearer ${userToken}` };
  const login = (password: string): string =>
    JSON.stringify({ _id: 'org.couchdb.user:alice', name: 'alice', password });
  for (const password of [userPassword, wrongPassword]) {
    const text = await send('PUT', `${npm}/-/user/org.couchdb.user:alice`, json, login(password));
    const { token } = JSON.parse(text) as { token?: string };
    if (token !== undefined) secrets['loginToken'] = token;
  }
  const order = JSON.stringify({ password: userPassword, readonly: true, cidr_whitelist: [] });
  const made = JSON.parse(await send('POST', `${npm}/-/npm/v1/tokens`, signedIn, order)) as { token?: string };
  secrets['npmToken'] = made.token ?? userToken;
  await send('DELETE', `${npm}/-/npm/v1/tokens/token/${secrets['npmToken']}`, signedIn);
  await send('DELETE', `${npm}/-/user/token/${userToken}`, {
    ...json,
    authorization: `Bearer ${secrets['loginToken']}`,
  });
  const web = JSON.parse(await send('POST', `${npm}/-/v1/login`, json, '{}')) as { loginUrl: string; doneUrl: string };
  for (const url of [web.loginUrl, web.doneUrl]) {
    const { pathname } = new URL(url);
    secrets[pathname.includes('done') ? 'pollId' : 'loginId'] = pathname.slice(pathname.lastIndexOf('/') + 1);
    await send('GET', pathname);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await send('POST', pathname, form, `username=alice&password=${encodeURIComponent(wrongPassword)}`);
  }
  const published = publishDocument(await npmPackage({ name: 'pkg' }));
  const root = { ...json, authorization: `Bearer ${server.token}` };
  await send('PUT', `${npm}/pkg`, root, JSON.stringify(published));
  // A broken body with a password in it: the error must not quote it.
  await send('PUT', `${npm}/-/user/org.couchdb.user:alice`, json, login(wrongPassword).slice(0, -3));
  await send('POST', '/api/v4/users', root, `{"username":"bob","password":"${wrongPassword}`);
  await send('POST', '/api/v4/users', root, JSON.stringify({ username: 'b b', password: wrongPassword, email: 'x' }));
  const metrics = await send('GET', '/-/metrics');
  for (const [what, secret] of Object.entries(secrets))
    expect(metrics.includes(secret), `${what} in metrics`).toBe(false);
}
