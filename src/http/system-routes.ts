import type { FastifyInstance } from 'fastify';
import { docsPage } from '../api/docs-page.ts';
import { type OpenApiDocument, openApiDocument } from '../api/openapi.ts';
import type { Operation } from '../api/operation.ts';
import type { Format } from '../formats/format.ts';
import { html } from '../lib/html.ts';
import type { IncomingMessage } from 'node:http';
import { page, pageHeaders } from './page.ts';

export interface SystemServices {
  readonly version: string;
  readonly operations: readonly Operation[];
  readonly formats: readonly Format[];
  readonly originOf: (request: IncomingMessage) => string;
  /** The parts that are not ready, by name; empty = ready. */
  readonly unready: () => Promise<readonly string[]>;
  readonly metrics: () => Promise<{ text: string; mediaType: string }>;
}

/** What operators and readers ask for: health, metrics, the API's description, and the front page. */
export function mountSystemRoutes(app: FastifyInstance, services: SystemServices): void {
  mountHealth(app, services);
  const describe = (request: IncomingMessage): OpenApiDocument =>
    openApiDocument({
      operations: services.operations,
      formats: services.formats,
      version: services.version,
      origin: services.originOf(request),
    });
  app.get('/api/v4/openapi.json', (request) => describe(request.raw));
  app.get('/api/docs', (request, reply) => {
    const docs = docsPage(describe(request.raw));
    return reply.headers({ ...pageHeaders, 'content-security-policy': docs.contentSecurityPolicy }).send(docs.html);
  });
  app.get('/', (_request, reply) => reply.headers(pageHeaders).send(frontPage(services)));
}

function mountHealth(app: FastifyInstance, services: SystemServices): void {
  app.get('/-/health', (_request, reply) => reply.type('text/plain; charset=utf-8').send('Packyard OK'));
  app.get('/-/liveness', () => ({ status: 'ok' }));
  app.get('/-/readiness', async (_request, reply) => {
    const failing = await services.unready();
    if (failing.length === 0) return { status: 'ok' };
    return reply.code(503).send({ status: 'failed', failing });
  });
  app.get('/-/metrics', async (_request, reply) => {
    const { text, mediaType } = await services.metrics();
    return reply.type(mediaType).send(text);
  });
}

function frontPage({ version, formats }: SystemServices): string {
  return page(
    'Packyard',
    html`<h1>Packyard</h1>
<p class="soft">Version ${version}. One server for every package you build or use.</p>
<p>Formats here: ${formats.map(({ id }) => id).join(', ')}.</p>
<ul>
<li><a href="api/docs">The management API, readable</a></li>
<li><a href="api/v4/openapi.json">The same as an OpenAPI document</a></li>
<li><a href="-/readiness">Is it ready?</a></li>
</ul>`,
  );
}
