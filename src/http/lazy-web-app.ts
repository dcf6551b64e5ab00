import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Authenticator } from '../access/authenticate.ts';
import type { CodeLogin } from '../access/code-login.ts';
import type { ApiServices } from '../api/context.ts';
import type { Operation } from '../api/operation.ts';
import type { Format } from '../formats/format.ts';
import type { Log } from '../lib/log.ts';
import type { WebLoginPages } from './login-page.ts';
import { originOf, type OriginSettings } from './origin.ts';
import type { RequestWatch } from './request-watch.ts';
import type { FileSending } from './send-file.ts';

export interface WebParts {
  readonly authenticator: Authenticator;
  readonly logins: WebLoginPages;
  readonly codeLogin: CodeLogin;
  readonly api: ApiServices;
  /** Loaded with the web framework: its schemas are the larger half of that. */
  readonly operations: () => Promise<readonly Operation[]>;
  readonly formats: readonly Format[];
  readonly log: Log;
}

interface Edge {
  readonly origin: OriginSettings;
  readonly sending: FileSending;
  readonly watch: RequestWatch;
}

/**
 * The web framework with the management API and the pages, made on the first request for one of them: package clients
 * need none of it, and a server that only serves them starts faster and stays smaller.
 */
export function lazyWebApp(parts: WebParts, edge: Edge): RequestListener {
  let making: Promise<FastifyInstance> | null = null;
  return (request: IncomingMessage, response: ServerResponse): void => {
    making ??= makeWebApp(parts, edge);
    making.then(
      (app) => app.routing(request, response),
      (error: unknown) => {
        making = null;
        parts.log.logger.error({ err: error }, 'the management API could not be loaded');
        response.destroy();
      },
    );
  };
}

async function makeWebApp(parts: WebParts, { origin, sending, watch }: Edge): Promise<FastifyInstance> {
  const [{ createWebApp }, { mountApi }, { mountLoginPage }, { mountOAuthPages }, { mountReadingRoutes }, operations] =
    await Promise.all([
      import('./web-app.ts'),
      import('./api-mount.ts'),
      import('./login-page.ts'),
      import('./oauth-page.ts'),
      import('./reading-routes.ts'),
      parts.operations(),
    ]);
  const exchangeOf = (request: FastifyRequest) => watch.exchangeOf(request.raw);
  const app = createWebApp(exchangeOf, parts.log.logger);
  mountApi(app, operations, { ...parts, origin, sending, exchangeOf });
  mountLoginPage(app, parts.logins, parts.authenticator);
  mountOAuthPages(app, parts.codeLogin, parts.authenticator);
  mountReadingRoutes(app, {
    version: parts.api.version,
    operations,
    formats: parts.formats,
    originOf: (request) => originOf(request, origin),
  });
  await app.ready();
  return app;
}
