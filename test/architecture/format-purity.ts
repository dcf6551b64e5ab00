import type { Node } from 'oxc-parser';
import { packageOf } from './packages.ts';
import { isTest, lineAt, type Source, walk } from './source.ts';

/** What a format may take from outside the project: names, or `*` for everything. Types are free. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  '@fastify/busboy': ['*'],
  semver: ['*'],
  'validate-npm-package-name': ['*'],
  'tar-stream': ['*'],
  'node:buffer': ['*'],
  // Digests of bytes in hand. No randomness and no keys: those come from the registry.
  'node:crypto': ['createHash'],
  'node:stream': ['*'],
  'node:stream/consumers': ['*'],
  'node:stream/promises': ['*'],
  'node:string_decoder': ['*'],
  'node:zlib': ['*'],
};

/** Packages whose types alone a format may import. */
const typesOnly: ReadonlySet<string> = new Set(['node:http']);

/** Names that reach the machine, the clock, chance or the network without an import. */
const effects: ReadonlySet<string> = new Set([
  'process',
  'performance',
  'fetch',
  'console',
  'globalThis',
  'global',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'WebSocket',
  'crypto',
  'require',
]);

/** Sentences, one for each effect that a format has by itself. */
export function impureFormats(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => path.startsWith('src/formats/') && !isTest(path))
    .flatMap((source) => [...impureImports(source), ...impureGlobals(source)]);
}

function impureImports({ path, imports }: Source): string[] {
  return imports.flatMap(({ specifier, typeOnly, names }) => {
    if (specifier.startsWith('.')) return [];
    const module = specifier.startsWith('node:') ? specifier : packageOf(specifier);
    if (typeOnly && (typesOnly.has(module) || Object.hasOwn(allowed, module))) return [];
    const takes = Object.hasOwn(allowed, module) ? (allowed[module] ?? []) : [];
    const fine = takes.includes('*') || (names.length > 0 && names.every((name) => takes.includes(name)));
    return fine ? [] : [`${path} imports ${names.join(', ')} of ${specifier}`];
  });
}

function impureGlobals({ path, text, program }: Source): string[] {
  const found: string[] = [];
  walk(program, (node, parent) => {
    const effect = effectOf(node, parent);
    if (effect !== null) found.push(`${path}:${lineAt(text, node.start)} uses ${effect}`);
  });
  return found;
}

function effectOf(node: Node, parent: Node | null): string | null {
  if (node.type === 'Identifier' && effects.has(node.name) && !isOnlyAName(node, parent)) return node.name;
  if (node.type === 'NewExpression' && named(node.callee, 'Date') && node.arguments.length === 0) return 'new Date()';
  if (node.type === 'CallExpression' && named(node.callee, 'Date')) return 'Date()';
  if (node.type !== 'MemberExpression') return null;
  const property = node.computed ? '' : 'name' in node.property ? node.property.name : '';
  if (named(node.object, 'Date') && property === 'now') return 'Date.now';
  if (named(node.object, 'Math') && property === 'random') return 'Math.random';
  return null;
}

/** TypeScript's nodes that hold a value, not a type. */
const typedExpressions: ReadonlySet<string> = new Set([
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
  'TSEnumMember',
]);

/** `x.process`, `{ process: 1 }`, a type's key: the word, not the thing. */
function isOnlyAName(node: Node, parent: Node | null): boolean {
  if (parent === null) return false;
  if (parent.type === 'MemberExpression') return parent.property === node && !parent.computed;
  if (parent.type === 'Property') return parent.key === node && !parent.computed && !parent.shorthand;
  if (parent.type === 'MethodDefinition' || parent.type === 'PropertyDefinition') return parent.key === node;
  return parent.type.startsWith('TS') && !typedExpressions.has(parent.type);
}

function named(node: Node, name: string): boolean {
  return node.type === 'Identifier' && node.name === name;
}
