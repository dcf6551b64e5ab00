import type { FastifyInstance } from 'fastify';
import { ApiDocuments } from '../api/documents.ts';
import type { Operation } from '../api/operation.ts';
import type { Format } from '../formats/format.ts';
import { html } from '../lib/html.ts';
import type { IncomingMessage } from 'node:http';
import { page, pageHeaders } from './page.ts';

export interface ReadingServices {
  readonly version: string;
  readonly operations: readonly Operation[];
  readonly formats: readonly Format[];
  readonly originOf: (request: IncomingMessage) => string;
}

/** What readers ask for: the API's description, and the front page. */
export function mountReadingRoutes(app: FastifyInstance, services: ReadingServices): void {
  const documents = new ApiDocuments(services);
  app.get('/api/v4/openapi.json', (request) => documents.openApi(services.originOf(request.raw)));
  app.get('/api/docs', (request, reply) => {
    const docs = documents.page(services.originOf(request.raw));
    return reply.headers({ ...pageHeaders, 'content-security-policy': docs.contentSecurityPolicy }).send(docs.html);
  });
  app.get('/', (_request, reply) => reply.headers(pageHeaders).send(frontPage(services)));
}

function frontPage({ version, formats }: ReadingServices): string {
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
