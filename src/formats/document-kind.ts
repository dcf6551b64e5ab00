/** Metadata documents as formats describe them: types only. */
import type { SourcePackage } from '../registry/model.ts';

/** Text of a document in order. Parts with the same `key` have the same text: their compressed form can be kept. */
export type DocumentPart = string | { readonly key: string; text(): string };

export interface DocumentContent {
  readonly mediaType: string;
  readonly parts: readonly DocumentPart[];
}

export interface RenderContext {
  /** Mount URL as in `FormatRequest.base`. */
  readonly base: string;
}

export interface DocumentVersion {
  readonly version: string;
  readonly publishedAt: number | null;
  /** An expression of SPDX, or what the package says instead; `null` or left out = unknown. */
  readonly license?: string | null;
}

/**
 * A metadata document, described once. Local projects, views, proxies and virtual registries follow from it.
 * Laws (tested for every kind): keeping everything is identity; `versions(keep(d, s)) ⊆ s`; `merge([d])` is `d`;
 * `merge` keeps every publication date; `parse(render(d))` lists the same versions.
 */
export interface DocumentKind<Doc = unknown> {
  /** Unique, and changed when the rendering changes: cached bytes are kept under it. */
  readonly id: string;
  /** Which JSON of a version it is built from. */
  readonly reads: 'manifest' | 'summary';
  /** `true` when it lists files: `SourceVersion.files` is filled then. */
  readonly readsFiles?: boolean;
  build(source: SourcePackage): Doc;
  parse(text: string): Doc;
  versions(doc: Doc): readonly DocumentVersion[];
  keep(doc: Doc, versions: ReadonlySet<string>): Doc;
  /** Where files of one version come at different times: those that may be shown, and the names of the others. */
  keepFiles?(
    doc: Doc,
    isKept: (file: { readonly version: string; readonly publishedAt: number | null }) => boolean,
  ): { readonly doc: Doc; readonly hidden: readonly string[] };
  /** The earlier document wins a version or tag. Never called with an empty list. */
  merge(docs: readonly Doc[]): Doc;
  render(doc: Doc, context: RenderContext): DocumentContent;
}

/** A document rendered for one mount; opaque to formats. */
export interface RenderedDocument {
  readonly etag: string;
  readonly lastModified: number;
  readonly mediaType: string;
  identity(): Promise<Uint8Array>;
  /** Left out for one that goes out as it is, because clients compare its bytes with a digest. */
  gzip?(): Promise<Uint8Array>;
}
