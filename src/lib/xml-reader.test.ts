import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidXml } from './invalid-xml.ts';
import { child, children, readXml, textOf, type XmlElement, type XmlLimits } from './xml-reader.ts';

const read = (text: string, limits?: XmlLimits): XmlElement => readXml(Buffer.from(text), limits);

describe('a document', () => {
  it('is a tree of local names, attributes and own text', () => {
    const root = read(
      '<?xml version="1.0"?>\n<p:project xmlns:p="urn:x" a="1"> <p:id>&lt;x&#62;</p:id>\n<id><![CDATA[a&b]]> c</id></p:project>',
    );
    expect(root.name).toBe('project');
    expect([...root.attributes]).toEqual([
      ['xmlns:p', 'urn:x'],
      ['a', '1'],
    ]);
    expect(children(root, 'id').map(({ text }) => text)).toEqual(['<x>', 'a&b c']);
    expect(child(root, 'id')).toBe(root.children[0]);
    expect(child(root, 'name')).toBeUndefined();
  });

  it('is walked by a path, spaces around the text left out', () => {
    const root = read('<a><b><c>\n one <!-- no --> two </c></b><b><c>three</c></b><d/></a>');
    expect(textOf(root, 'b', 'c')).toBe('one  two');
    expect(textOf(root, 'd')).toBe('');
    expect(textOf(root, 'd', 'c')).toBeUndefined();
    expect(textOf(root, 'x', 'c')).toBeUndefined();
    expect(textOf(root)).toBe('');
  });

  it('may use names that objects have', () => {
    const root = read('<constructor __proto__="1"><__proto__ toString="2">x</__proto__></constructor>');
    expect(root.attributes.get('__proto__')).toBe('1');
    expect(textOf(root, '__proto__')).toBe('x');
  });
});

describe('an encoding', () => {
  const text = '<a>Zoë ☕</a>';
  it.each([
    ['UTF-8', Buffer.from(text)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without', Buffer.from(text, 'utf16le')],
    ['big-endian UTF-16', Buffer.from(`\ufeff<?xml version="1.0" encoding="utf-16"?>${text}`, 'utf16le').swap16()],
    ['a mark that beats the declaration', Buffer.from(`\ufeff<?xml version="1.0" encoding="iso-8859-1"?>${text}`)],
  ])('%s', (_, document) => {
    expect(readXml(document).text).toBe('Zoë ☕');
  });

  it('of the declaration is used', () => {
    const declared = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1" ?><a>Zoë</a>', 'latin1');
    expect(readXml(declared).text).toBe('Zoë');
  });

  it.each([
    ['unknown', Buffer.from('<?xml version="1.0" encoding="UTF-7"?><a/>'), /utf-7 is unknown/],
    ['not kept to', Buffer.from('<a>Zoë</a>', 'latin1'), /isn't in the encoding utf-8/],
    ['a lie', Buffer.from('<?xml version="1.0" encoding="utf-16"?><a/>'), InvalidXml],
  ])('that is %s is refused', (_, document, error) => {
    expect(() => readXml(document)).toThrow(error);
  });
});

describe('refused', () => {
  const laughs = `<!DOCTYPE a [<!ENTITY a "ha">${'<!ENTITY b "&a;&a;&a;">'.repeat(10)}]><a>&b;</a>`;
  it.each([
    ['nothing', '', /root element/],
    ['text', 'hello', /outside of root/],
    ['a cut document', '<a><b>', /unclosed|root/],
    ['wrong nesting', '<a><b></a></b>', /unexpected close tag/],
    ['two roots', '<a/><b/>', /one root/],
    ['an attribute twice', '<a b="1" b="2"/>', /duplicate attribute/],
    ['a control character', '<a>\u0001</a>', /disallowed character/],
    ['half a pair', '<a>&#xD800;</a>', InvalidXml],
    ['an unknown entity', '<a>&eacute;</a>', /undefined entity/],
    ['a document type', '<!DOCTYPE a><a/>', /document type/],
    ['entities', laughs, /document type/],
    ['files', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', /document type/],
    ['a remote document type', '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd"><a/>', /document type/],
    ['parameter entities', '<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///etc/passwd"> %x;]><a/>', /document type/],
  ])('%s', (_, document, error) => {
    expect(() => read(document)).toThrow(InvalidXml);
    expect(() => read(document)).toThrow(error);
  });

  it('what is over a limit', () => {
    const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth);
    expect(read(nested(64)).name).toBe('a');
    expect(() => read(nested(65))).toThrow(/more than 64 deep/);
    expect(() => read('<a>'.repeat(300_000))).toThrow(/more than 64 deep/);
    expect(() => read(`<a>${'<b/>'.repeat(10)}</a>`, { nodes: 10 })).toThrow(/more than 10 elements/);
    expect(() => read('<a b="" c="" d=""/>', { nodes: 2 })).toThrow(/more than 2 elements and attributes/);
    expect(() => read('<a>12345</a>', { bytes: 11 })).toThrow(/more than 11 bytes/);
  });

  it('without reading what it would include', () => {
    const root = read(
      '<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="/etc/passwd" parse="text"/></a>',
    );
    expect(textOf(root, 'include')).toBe('');
  });
});

it('reads back what was written, and never fails otherwise than by InvalidXml', () => {
  const escaped = (text: string): string => text.replace(/[&<>"\t\r\n]/g, (c) => `&#${c.charCodeAt(0)};`);
  const name = fc.stringMatching(/^[A-Za-z_][\w.-]{0,8}$/);
  const text = fc.stringMatching(/^[\t\n\r\u0020-\ud7ff]{0,20}$/);
  fc.assert(
    fc.property(name, name, text, text, (element, attribute, value, content) => {
      const root = read(`<${element} ${attribute}="${escaped(value)}">${escaped(content)}</${element}>`);
      expect([root.name, root.attributes.get(attribute), root.text]).toEqual([element, value, content]);
    }),
  );
  const part = fc.constantFrom(
    '<',
    '>',
    '/',
    '<a',
    '</a>',
    '<a>',
    '&',
    ';',
    '&#0;',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?x',
    '?>',
    '<!DOCTYPE',
    '=',
    '"',
    ' ',
    'x',
    ':',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(part, fc.string({ unit: 'binary' })), { maxLength: 20 }), (parts) => {
      try {
        read(parts.join(''));
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidXml);
      }
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      expect(() => readXml(bytes)).toThrow(InvalidXml);
    }),
  );
});
