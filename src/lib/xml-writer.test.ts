import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readXml, textOf } from './xml-reader.ts';
import { Xml, xml } from './xml-writer.ts';

it('escapes values, takes XML as it is, and joins lists', () => {
  const items = ['<one>', '"two"'].map((item) => xml`<i>${item}</i>`);
  expect(xml`<a n="${1}" yes="${true}">${items}${new Xml('<b/>')}</a>`.text).toBe(
    '<a n="1" yes="true"><i>&lt;one&gt;</i><i>&quot;two&quot;</i><b/></a>',
  );
});

it('leaves out what XML has no way to say', () => {
  expect(xml`<a>${'a\u0000\u001b\ud800b\ufffe😀'}</a>`.text).toBe('<a>ab😀</a>');
});

it('is read back as it was, line ends and all', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      const root = readXml(Buffer.from(xml`<a b="${value}"><c>-${value}-</c></a>`.text));
      const kept = value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');
      expect(root.attributes.get('b')).toBe(kept);
      expect(textOf(root, 'c')).toBe(`-${kept}-`);
    }),
  );
});
