import { LRUCache } from 'lru-cache';
import type { PackageRow } from '../catalog/packages.ts';
import type { Session } from '../database/database.ts';
import type { DocumentContent, DocumentKind } from '../formats/format.ts';
import type { SourcePackage } from './model.ts';
import { compress, type PartBytes, Rendered } from './rendered-document.ts';
import { type Reading, Snapshots } from './snapshots.ts';

/**
 * Rendered documents, kept under the revisions they were made from: a kept answer is never stale, so nothing has to be
 * invalidated, on one process or on many.
 */
export class Documents {
  readonly #snapshots: Snapshots;
  readonly #rendered: LRUCache<string, Rendered>;
  readonly #parts: LRUCache<string, PartBytes>;
  readonly #making = new Map<string, Promise<Rendered>>();
  readonly #observe: (outcome: 'hit' | 'miss') => void;

  constructor(session: Session, maxBytes: number, observe: (outcome: 'hit' | 'miss') => void = () => {}) {
    this.#observe = observe;
    this.#snapshots = new Snapshots(session, Math.floor(maxBytes / 4));
    this.#rendered = new LRUCache({ maxSize: Math.max(1, Math.floor(maxBytes / 2)), sizeCalculation: (r) => r.size });
    this.#parts = new LRUCache({
      maxSize: Math.max(1, Math.floor(maxBytes / 4)),
      sizeCalculation: (part, key) => part.raw.length + part.deflated.length + key.length + 100,
    });
  }

  /** The package as the catalogue has it. */
  source(row: PackageRow, reading: Reading): Promise<SourcePackage> {
    return this.#snapshots.read(row, reading);
  }

  /** One document of several sources, the earlier winning; `rows` is not empty. One making for all who ask at once. */
  async render(kind: DocumentKind, rows: readonly PackageRow[], base: string): Promise<Rendered> {
    // The time too: ids and revisions come again in a fresh database or one that was restored, under the same URL.
    const revisions = rows.map((row) => `${row.id}.${row.revision}.${row.updatedAt}`).join(',');
    const key = `${kind.id}\n${base}\n${revisions}`;
    const known = this.#rendered.get(key);
    this.#observe(known === undefined ? 'miss' : 'hit');
    if (known !== undefined) return known;
    const underWay = this.#making.get(key);
    if (underWay !== undefined) return underWay;
    const making = this.#make(kind, rows, base, key).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  async #make(kind: DocumentKind, rows: readonly PackageRow[], base: string, key: string): Promise<Rendered> {
    const content = await this.#content(kind, rows, base);
    const rendered = new Rendered({
      key,
      lastModified: Math.max(...rows.map((row) => row.updatedAt)),
      mediaType: content.mediaType,
      gzip: await compress(content, this.#parts),
      grown: (document) => {
        if (this.#rendered.has(key)) this.#rendered.set(key, document, { size: document.size });
      },
    });
    this.#rendered.set(key, rendered);
    return rendered;
  }

  async #content(kind: DocumentKind, rows: readonly PackageRow[], base: string): Promise<DocumentContent> {
    return kind.render(await this.contents(kind, rows), { base });
  }

  /** The document of several sources before it is written; `rows` is not empty. */
  async contents<Doc>(kind: DocumentKind<Doc>, rows: readonly PackageRow[]): Promise<Doc> {
    const documents: Doc[] = [];
    for (const row of rows) documents.push(kind.build(await this.#snapshots.read(row, kind)));
    return documents.length === 1 ? (documents[0] as Doc) : kind.merge(documents);
  }
}
