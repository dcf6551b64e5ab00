import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Authenticator } from '../access/authenticate.ts';
import type { CodeLogin, CodeRequest } from '../access/code-login.ts';
import type { formBody } from '../api/form-body.ts';
import { html } from '../lib/html.ts';
import { Problem } from '../problems/problem.ts';
import { page, pageHeaders } from './page.ts';

/** The one program that signs people in so. It has no secret: its redirect goes to the person's own machine. */
const client = 'terraform-cli';
const ownMachine = /^http:\/\/(?:localhost|127\.0\.0\.1):100(?:0\d|10)\/login$/;
const noStore = { 'cache-control': 'no-store', pragma: 'no-cache' };
/** Browsers ask where a form's answer leads before they follow it. */
const headers = {
  ...pageHeaders,
  'content-security-policy': (pageHeaders['content-security-policy'] ?? '').replace(
    "form-action 'self'",
    "form-action 'self' http://localhost:* http://127.0.0.1:*",
  ),
};

interface AuthorizeRoute {
  Querystring: Record<string, unknown>;
}

type Form = ReturnType<typeof formBody>;

/** `/oauth/authorize` and `/oauth/token`, GitLab's names: where `terraform login` sends people, and gets its token. */
export function mountOAuthPages(app: FastifyInstance, logins: CodeLogin, authenticator: Authenticator): void {
  app.get<AuthorizeRoute>('/oauth/authorize', async ({ query }, reply) => {
    const asked = requestIn(query);
    return asked === null ? refuse(reply) : reply.headers(headers).send(form(''));
  });
  app.post<AuthorizeRoute>('/oauth/authorize', async ({ query, body }, reply) => {
    const asked = requestIn(query);
    if (asked === null) return refuse(reply);
    const account = await signIn((body as Form | undefined) ?? {}, authenticator);
    if ('wrong' in account) return reply.code(account.status).headers(headers).send(form(account.wrong));
    const target = new URL(asked.redirectUri);
    target.searchParams.set('code', await logins.code(account.account, asked));
    target.searchParams.set('state', asked.state);
    return reply
      .code(303)
      .headers({ ...noStore, location: target.href })
      .send();
  });
  app.post('/oauth/token', async ({ body }, reply) => {
    const {
      grant_type: grant,
      client_id: who,
      code,
      code_verifier: verifier,
      redirect_uri: back,
    } = (body ?? {}) as Form;
    reply.headers(noStore);
    if (grant !== 'authorization_code') return reply.code(400).send({ error: 'unsupported_grant_type' });
    if (who !== client) return reply.code(401).send({ error: 'invalid_client' });
    if (typeof code !== 'string' || typeof verifier !== 'string' || typeof back !== 'string') {
      return reply.code(400).send({ error: 'invalid_request' });
    }
    const token = await logins.token(code, verifier, back);
    if (token === null) return reply.code(400).send({ error: 'invalid_grant' });
    return { access_token: token, token_type: 'bearer', scope: 'api' };
  });
}

/** `null` unless the program asks as it must: with a challenge, and to be answered on its own machine. */
function requestIn(query: Record<string, unknown>): (CodeRequest & { readonly state: string }) | null {
  const text = (name: string): string => {
    const value = query[name];
    return typeof value === 'string' ? value : '';
  };
  const [challenge, redirectUri, state] = [text('code_challenge'), text('redirect_uri'), text('state')];
  const isRight =
    text('client_id') === client &&
    text('response_type') === 'code' &&
    text('code_challenge_method') === 'S256' &&
    /^[A-Za-z0-9_-]{43}$/.test(challenge) &&
    ownMachine.test(redirectUri) &&
    state.length <= 512;
  return isRight ? { challenge, redirectUri, state } : null;
}

type SignedIn = { readonly account: NonNullable<Awaited<ReturnType<Authenticator['signIn']>>> };

/** The password and nothing else: a narrow token must not be able to mint a wide one. */
async function signIn(
  { username, password }: Form,
  authenticator: Authenticator,
): Promise<SignedIn | { readonly wrong: string; readonly status: number }> {
  if (typeof username !== 'string' || typeof password !== 'string') {
    return { status: 400, wrong: 'Type a user name and a password.' };
  }
  try {
    const account = await authenticator.signIn(username, password);
    return account === null ? { status: 401, wrong: 'The user name or the password is wrong.' } : { account };
  } catch (error) {
    if (error instanceof Problem && error.status === 429) return { status: 429, wrong: error.reason };
    throw error;
  }
}

function refuse(reply: FastifyReply): FastifyReply {
  const content = html`<h1>This login can't go on</h1><p>Run <code>terraform login</code> again.</p>`;
  return reply.code(400).headers(headers).send(page('Login not understood', content));
}

function form(wrong: string): string {
  return page(
    'Sign in to Packyard',
    html`<h1>Sign in to Packyard</h1>
<p>Terraform on this machine asks for a token to work in your name. Continue only if you have just run
<code>terraform login</code> or <code>tofu login</code> yourself.</p>
${wrong === '' ? null : html`<p class="wrong" role="alert">${wrong}</p>`}
<form method="post">
<label>User name <input name="username" autocomplete="username" required autofocus></label>
<label>Password <input name="password" type="password" autocomplete="current-password" required></label>
<button>Sign in</button>
</form>`,
  );
}
