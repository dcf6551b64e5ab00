import { type HclBlock, type HclBody, type HclExpression, parseHcl } from '../../lib/hcl-body.ts';
import { parseHclJson } from '../../lib/hcl-json.ts';
import type { ModuleFiles } from './module-files.ts';

export interface Input {
  readonly name: string;
  /** The type constraint as written; `any` when there is none. */
  readonly type: string;
  readonly description: string;
  /** The default as written; `null` when there is none, and the input is required. */
  readonly default: string | null;
  readonly required: boolean;
}

export interface Output {
  readonly name: string;
  readonly description: string;
}

export interface RequiredProvider {
  readonly name: string;
  /** `hashicorp/aws`, or empty. */
  readonly source: string;
  readonly version: string;
}

export interface ModuleCall {
  readonly name: string;
  readonly source: string;
  readonly version: string;
}

export interface Resource {
  readonly name: string;
  readonly type: string;
}

/** What one folder of configuration declares. */
export interface Declarations {
  readonly inputs: readonly Input[];
  readonly outputs: readonly Output[];
  readonly providers: readonly RequiredProvider[];
  readonly dependencies: readonly ModuleCall[];
  readonly resources: readonly Resource[];
}

const labelsOfBlocks = new Map([
  ['terraform', 0],
  ['variable', 1],
  ['output', 1],
  ['module', 1],
  ['resource', 2],
]);
const nestedBlocks = new Set(['required_providers']);
/** Of one kind in one folder; no module that people use comes near. */
const mostDeclarations = 2_000;
const longestText = 10_000;

/** What the files of one folder declare. A file that can't be read declares nothing. */
export function declarationsOf(files: ModuleFiles['configuration']): Declarations {
  const blocks = files.flatMap(({ name, text }) => bodyOf(name, text)?.blocks ?? []);
  const of = (type: string): HclBlock[] => blocks.filter((block) => block.type === type).slice(0, mostDeclarations);
  return {
    inputs: of('variable').map(inputOf),
    outputs: of('output').map(({ labels, body }) => ({
      name: labels[0] ?? '',
      description: told(body, 'description'),
    })),
    providers: of('terraform').flatMap(({ body }) => body.blocks.filter(isRequiredProviders).flatMap(providersOf)),
    dependencies: of('module').flatMap(callOf),
    resources: of('resource').map(({ labels }) => ({ type: labels[0] ?? '', name: labels[1] ?? '' })),
  };
}

function bodyOf(name: string, text: string): HclBody | null {
  try {
    return name.endsWith('.json') ? parseHclJson(text, labelsOfBlocks, nestedBlocks) : parseHcl(text);
  } catch {
    return null;
  }
}

function inputOf({ labels, body }: HclBlock): Input {
  const standard = body.attributes.get('default');
  return {
    name: labels[0] ?? '',
    type: told(body, 'type') || 'any',
    description: told(body, 'description'),
    default: standard === undefined ? null : shortened(standard.text),
    required: standard === undefined,
  };
}

function isRequiredProviders({ type }: HclBlock): boolean {
  return type === 'required_providers';
}

/** `aws = { source = "…", version = "…" }`, or as it once was, `aws = "…"` for the version. */
function providersOf({ body }: HclBlock): RequiredProvider[] {
  return [...body.attributes].map(([name, expression]) => {
    const fields = expression.fields();
    return {
      name,
      source: textOf(fields?.get('source')),
      version: fields === null ? (expression.literal ?? '') : textOf(fields.get('version')),
    };
  });
}

/** Modules that come from elsewhere; those beside it are its own submodules. */
function callOf({ labels, body }: HclBlock): ModuleCall[] {
  const source = textOf(body.attributes.get('source'));
  if (source === '' || source.startsWith('./') || source.startsWith('../')) return [];
  return [{ name: labels[0] ?? '', source, version: textOf(body.attributes.get('version')) }];
}

function told(body: HclBody, name: string): string {
  return textOf(body.attributes.get(name));
}

function textOf(expression: HclExpression | undefined): string {
  return expression === undefined ? '' : shortened(expression.literal ?? expression.text);
}

function shortened(text: string): string {
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}
