import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HclBody, parseHcl } from './hcl-body.ts';
import { parseHclJson } from './hcl-json.ts';
import { InvalidHcl } from './hcl-tokens.ts';

const attribute = (body: HclBody, name: string) => body.attributes.get(name);

test('comments, braces in texts and heredocs are no structure', () => {
  const { blocks, attributes } = parseHcl(`
# one { "
// two }
/* three
 } */
variable "a" {
  description = <<-EOT
    A } "text"
      of \${lines}
  EOT
  type = object({
    name = string # }
    size = optional(number, 3)
  })
  default = { name = "}", size = "\${foo("x}", { a = "q" })}" }
}
plain = <<END
a
END
last = 1`);
  expect(blocks.map(({ type, labels }) => [type, labels])).toEqual([['variable', ['a']]]);
  const body = blocks[0]?.body ?? { attributes: new Map(), blocks: [] };
  expect(attribute(body, 'description')?.literal).toBe('A } "text"\n  of ${lines}');
  expect(attribute(body, 'type')?.text).toBe('object({\n    name = string # }\n    size = optional(number, 3)\n  })');
  expect([...(attribute(body, 'default')?.fields()?.keys() ?? [])]).toEqual(['name', 'size']);
  expect([attributes.get('plain')?.literal, attributes.get('last')?.text]).toEqual(['a', '1']);
});

test('escapes of quoted texts, and what is no plain text', () => {
  const { attributes } = parseHcl(
    String.raw`a = "\"q\" \\ \n \u00e9 \U0001F600 $`.concat(
      '${x}"\nb = "x ${y}"\nc = "%%{ if }"\nd = foo("x")\ne = ""\n',
    ),
  );
  expect(attributes.get('a')?.literal).toBe('"q" \\ \n é 😀 ${x}');
  expect(['b', 'c', 'd', 'e'].map((name) => attributes.get(name)?.literal)).toEqual([null, '%{ if }', null, '']);
});

test('blocks on one line, with labels in quotes or not, and nested ones', () => {
  const { blocks } = parseHcl(
    'a "b" c { d = 1 }\nterraform {\n  required_providers { x = { source = "a/b", version : "1" } }\n}\n',
  );
  expect(blocks.map(({ type, labels }) => [type, labels])).toEqual([
    ['a', ['b', 'c']],
    ['terraform', []],
  ]);
  const inner = blocks[1]?.body.blocks[0]?.body.attributes.get('x')?.fields();
  expect([inner?.get('source')?.literal, inner?.get('version')?.literal]).toEqual(['a/b', '1']);
});

test.each([
  '"a',
  'a = "x',
  '<<EOT\nx',
  'a = [',
  'a = ]',
  'a {',
  '/* x',
  'a',
  'a "${b}" {}',
  '}',
  'a = "${',
  'a =\n',
  '{'.repeat(1e5),
  'a{'.repeat(1e5),
])('is refused: %#', (text) => {
  expect(() => parseHcl(text)).toThrow(InvalidHcl);
});

test('whatever the text, it is read or refused', () => {
  const pieces = fc.constantFrom(
    '"',
    '${',
    '%{',
    '}',
    '{',
    '[',
    ']',
    '<<EOT\n',
    '<<-A\n',
    'EOT\n',
    '\n',
    '#',
    '/*',
    '*/',
    '//',
    'a',
    '=',
    ' ',
    '\\',
    ',',
    ':',
    '(',
    ')',
    '1',
    'é',
    '\u{1F600}',
  );
  const property = fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
    try {
      parseHcl(parts.join(''));
    } catch (error) {
      expect(error).toBeInstanceOf(InvalidHcl);
    }
  });
  fc.assert(property, { numRuns: 2_000 });
});

test('the JSON syntax gives the same shape', () => {
  const labels = new Map([
    ['variable', 1],
    ['terraform', 0],
    ['resource', 2],
  ]);
  const { blocks } = parseHclJson(
    JSON.stringify({
      '//': 'a comment',
      variable: { a: { type: 'string', default: { x: 1 } }, b: [{}] },
      terraform: [{ required_providers: { aws: { source: 'hashicorp/aws' } } }],
      resource: { aws_x: { y: {} }, broken: 1 },
    }),
    labels,
    new Set(['required_providers']),
  );
  expect(blocks.map(({ type, labels: names }) => `${type} ${names.join(' ')}`)).toEqual([
    'variable a',
    'variable b',
    'terraform ',
    'resource aws_x y',
  ]);
  expect(blocks[0]?.body.attributes.get('default')?.text).toBe('{"x":1}');
  expect(blocks[2]?.body.blocks[0]?.body.attributes.get('aws')?.fields()?.get('source')?.literal).toBe('hashicorp/aws');
  for (const bad of ['', '[', '[]', '1', 'null'])
    expect(() => parseHclJson(bad, labels, new Set())).toThrow(InvalidHcl);
});
