import { expect, test } from 'vitest';
import { ModuleFileCollection, placeOf } from './module-files.ts';
import { contentOf, contentText, manifestOf } from './module-manifest.ts';

/** What is said of a module with these files. */
function content(files: Readonly<Record<string, string>>) {
  const found = new ModuleFileCollection();
  for (const [path, text] of Object.entries(files)) {
    const place = placeOf(path.split('/'));
    if (place !== null && found.admits(text.length)) found.add(place, Buffer.from(text));
  }
  return contentOf(found.folders());
}

const whole = content({
  './main.tf':
    'resource "aws_vpc" "this" {}\nmodule "own" {\n source = "./modules/net"\n}\nmodule "far" {\n source = "acme/x/aws"\n version = "~> 1"\n}\n',
  './versions.tf':
    'terraform {\n  required_providers {\n    aws = { source = "hashicorp/aws", version = ">= 5" }\n    old = "1.0"\n  }\n}\n',
  './variables.tf':
    'variable "a" {\n  type = list(string)\n  description = "An A"\n}\nvariable "b" {\n  default = 3\n}\n',
  './outputs.tofu': 'output "o" {\n  description = "An O"\n  value = 1\n}\n',
  './README': 'short',
  './README.md': '# Module',
  './broken.tf': 'variable "c" {{{',
  './more.tf.json': '{"output": {"p": {"value": 1}}}',
  './modules/net/main.tf': 'variable "cidr" {}\n',
  './modules/net/README.md': '# Net',
  './modules/net/deep/main.tf': 'variable "deep" {}\n',
  './examples/simple/main.tf': 'module "m" {\n source = "../../"\n}\n',
  './modules/main.tf': 'variable "of-no-module" {}\n',
  './test/main.tf': 'variable "of-a-test" {}\n',
  './secrets.txt': 'not looked at',
});

test('the root, its submodules and examples', () => {
  expect(whole.root).toMatchObject({
    readme: '# Module',
    empty: false,
    inputs: [
      { name: 'a', type: 'list(string)', description: 'An A', default: null, required: true },
      { name: 'b', type: 'any', default: '3', required: false },
    ],
    outputs: [
      { name: 'o', description: 'An O' },
      { name: 'p', description: '' },
    ],
    providers: [
      { name: 'aws', source: 'hashicorp/aws', version: '>= 5' },
      { name: 'old', source: '', version: '1.0' },
    ],
    dependencies: [{ name: 'far', source: 'acme/x/aws', version: '~> 1' }],
    resources: [{ type: 'aws_vpc', name: 'this' }],
  });
  expect(whole.submodules.map(({ path, name, inputs }) => [path, name, inputs.map((input) => input.name)])).toEqual([
    ['modules/net', 'net', ['cidr']],
    ['modules/net/deep', 'deep', ['deep']],
  ]);
  expect(whole.examples.map(({ path }) => path)).toEqual(['examples/simple']);
});

test('the manifest holds what version lists tell', () => {
  expect(manifestOf(whole)).toEqual({
    root: { providers: whole.root.providers, dependencies: whole.root.dependencies },
    submodules: [
      { path: 'modules/net', providers: [], dependencies: [] },
      { path: 'modules/net/deep', providers: [], dependencies: [] },
    ],
  });
});

test('an archive without anything of the kind is an empty module', () => {
  expect(content({ 'x.txt': '' }).root).toMatchObject({ empty: true, inputs: [], readme: '' });
});

test('what is told has an end', () => {
  const long = `# ${'x'.repeat(200_000)}`;
  const many = Object.fromEntries(
    Array.from({ length: 30 }, (_none, number) => [`modules/m${number}/README.md`, long]),
  );
  const text = contentText(content({ 'README.md': long, 'main.tf': 'variable "kept" {}\n', ...many }));
  expect(text.length).toBeLessThanOrEqual(1024 ** 2);
  expect(text).toContain('"kept"');
  const files = new ModuleFileCollection();
  expect([files.admits(1024 ** 2), files.admits(1024 ** 2 + 1)]).toEqual([true, false]);
  expect([files.admits(1024 ** 2), files.admits(1024 ** 2), files.admits(1024 ** 2), files.admits(1)]).toEqual([
    true,
    true,
    true,
    false,
  ]);
});

test('a long README is cut, never in the middle of a character: databases take no half of one', () => {
  const half = 128 * 1024;
  expect(content({ './README.md': `a${'😀'.repeat(half)}` }).root.readme).toBe(`a${'😀'.repeat(half - 1)}`);
});
