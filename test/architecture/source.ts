/** The project's files as the checks see them: text, and for TypeScript and JavaScript the syntax tree and its imports. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Node, type Program, parseSync, visitorKeys } from 'oxc-parser';

export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Import {
  /** As written: `../lib/digests.ts`, `semver`. */
  readonly specifier: string;
  /** `import type`, `export type`, `import('…').X` in a type: gone when the program runs. */
  readonly typeOnly: boolean;
  /** Names taken from the module; `*` for all of it. */
  readonly names: readonly string[];
}

export interface Source {
  /** From the root, with `/`: `src/lib/digests.ts`. */
  readonly path: string;
  readonly text: string;
  readonly program: Program;
  readonly imports: readonly Import[];
}

/** Not the project's own text: installed, built, or written by a running server. */
const foreignFolders: ReadonlySet<string> = new Set(['node_modules', 'dist', 'data', 'coverage', '.git']);

/** Paths of all files below `folder`, from the root, sorted. */
export function filesBelow(folder: string, from = root): string[] {
  const found: string[] = [];
  for (const entry of readdirSync(path.join(from, folder), { withFileTypes: true })) {
    const name = path.posix.join(folder, entry.name);
    if (entry.isDirectory() && !foreignFolders.has(entry.name)) found.push(...filesBelow(name, from));
    if (entry.isFile()) found.push(name);
  }
  return found.toSorted();
}

export function textOf(file: string): string {
  return readFileSync(path.join(root, file), 'utf8');
}

export function isTest(file: string): boolean {
  return /\.(test|contract)\.ts$/.test(file);
}

const parsed = new Map<string, readonly Source[]>();

/** Every TypeScript and JavaScript file below a folder of the root, parsed once. */
export function sourcesBelow(folder: string): readonly Source[] {
  let sources = parsed.get(folder);
  if (sources === undefined) {
    sources = filesBelow(folder)
      .filter((file) => /\.[cm]?[jt]s$/.test(file))
      .map((file) => source(file, textOf(file)));
    parsed.set(folder, sources);
  }
  return sources;
}

/** A file that need not exist: what the checks are tried on. */
export function source(file: string, text: string): Source {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} doesn't parse: ${errors[0]?.message}`);
  return { path: file, text, program, imports: importsOf(program) };
}

/** Visits every node, parents first. */
export function walk(node: Node, visit: (node: Node, parent: Node | null) => void, parent: Node | null = null): void {
  visit(node, parent);
  for (const key of visitorKeys[node.type] ?? []) {
    const child = (node as unknown as Record<string, unknown>)[key];
    for (const one of Array.isArray(child) ? child : [child]) {
      if (isNode(one)) walk(one, visit, node);
    }
  }
}

/** Line of an offset, from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

function importsOf(program: Program): Import[] {
  const found: Import[] = [];
  walk(program, (node) => {
    if (node.type === 'ImportDeclaration') {
      found.push({
        specifier: node.source.value,
        typeOnly: node.importKind === 'type',
        names: node.specifiers.map((one) =>
          one.type === 'ImportSpecifier'
            ? nameOf(one.imported)
            : one.type === 'ImportDefaultSpecifier'
              ? 'default'
              : '*',
        ),
      });
    }
    if (node.type === 'ExportAllDeclaration') {
      found.push({ specifier: node.source.value, typeOnly: node.exportKind === 'type', names: ['*'] });
    }
    if (node.type === 'ExportNamedDeclaration' && node.source !== null) {
      const names = node.specifiers.map((one) => nameOf(one.local));
      found.push({ specifier: node.source.value, typeOnly: node.exportKind === 'type', names });
    }
    if (node.type === 'ImportExpression')
      found.push({ specifier: literal(node.source), typeOnly: false, names: ['*'] });
    if (node.type === 'TSImportType') found.push({ specifier: literal(node.source), typeOnly: true, names: ['*'] });
  });
  return found;
}

/** A computed specifier is reported as `?`, which no check allows. */
function literal(node: Node): string {
  return node.type === 'Literal' && typeof node.value === 'string' ? node.value : '?';
}

function nameOf(node: Node): string {
  if (node.type === 'Identifier') return node.name;
  return literal(node);
}
