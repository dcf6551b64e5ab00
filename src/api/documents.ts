import { escapeHtml } from '../lib/html.ts';
import { type DocsPage, docsPage } from './docs-page.ts';
import { type OpenApiDocument, openApiDocument } from './openapi.ts';
import type { ProtocolFormat } from './openapi-protocols.ts';
import type { Operation } from './operation.ts';

/** Stands for the server's base until somebody asks; no part of the documents looks like it. */
const placeholder = 'https://origin.invalid';

/**
 * The API's descriptions, printed once. Only the server's base differs between requests, and whoever asks can choose
 * it by the Host header: printing anew for each would let anyone keep the server busy.
 */
export class ApiDocuments {
  readonly #print: () => OpenApiDocument;
  #document: OpenApiDocument | undefined;
  #page: DocsPage | undefined;

  constructor(of: {
    readonly operations: readonly Operation[];
    readonly formats: readonly ProtocolFormat[];
    readonly version: string;
  }) {
    this.#print = () => openApiDocument({ ...of, origin: placeholder });
  }

  /** `origin` has no trailing slash. */
  openApi(origin: string): OpenApiDocument {
    return { ...this.#printed(), servers: [{ url: `${origin}/api/v4` }] };
  }

  page(origin: string): DocsPage {
    this.#page ??= docsPage(this.#printed());
    const { html, contentSecurityPolicy } = this.#page;
    return { html: html.replaceAll(placeholder, () => escapeHtml(origin)), contentSecurityPolicy };
  }

  #printed(): OpenApiDocument {
    this.#document ??= this.#print();
    return this.#document;
  }
}
