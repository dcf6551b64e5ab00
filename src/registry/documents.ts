import { LRUCache } from 'lru-cache';
import type { PackageRow } from '../catalog/packages.ts';
import type { Session } from '../database/database.ts';
import type { DocumentKind } from '../formats/format.ts';
import type { SourcePackage } from './model.ts';
import { compress, type PartBytes, Rendered } from './rendered-document.ts';
import { type Reading, Snapshots } from './snapshots.ts';

/** A document that is not written yet. */
export interface Made<Doc> {
  readonly key: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly contents: () => Promise<Doc>;
}

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
    return this.renderMade(kind, base, {
      key: revisions,
      lastModified: Math.max(...rows.map((row) => row.updatedAt)),
      contents: () => this.contents(kind, rows),
    });
  }

  /** The same for a document of other sources: `key` names its content exactly. */
  async renderMade<Doc>(kind: DocumentKind<Doc>, base: string, made: Made<Doc>): Promise<Rendered> {
    const key = `${kind.id}\n${base}\n${made.key}`;
    const known = this.#rendered.get(key);
    this.#observe(known === undefined ? 'miss' : 'hit');
    if (known !== undefined) return known;
    const underWay = this.#making.get(key);
    if (underWay !== undefined) return underWay;
    const making = this.#make(kind, base, made, key).finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    return making;
  }

  async #make<Doc>(kind: DocumentKind<Doc>, base: string, made: Made<Doc>, key: string): Promise<Rendered> {
    const content = kind.render(await made.contents(), { base });
    const rendered = new Rendered({
      key,
      lastModified: made.lastModified,
      mediaType: content.mediaType,
      gzip: await compress(content, this.#parts),
      grown: (document) => {
        if (this.#rendered.has(key)) this.#rendered.set(key, document, { size: document.size });
      },
    });
    this.#rendered.set(key, rendered);
    return rendered;
  }

  /** The document of several sources before it is written; `rows` is not empty. */
  async contents<Doc>(kind: DocumentKind<Doc>, rows: readonly PackageRow[]): Promise<Doc> {
    const documents: Doc[] = [];
    for (const row of rows) documents.push(kind.build(await this.#snapshots.read(row, kind)));
    return documents.length === 1 ? (documents[0] as Doc) : kind.merge(documents);
  }
}
