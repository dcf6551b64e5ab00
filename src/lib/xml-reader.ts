/**
 * Small XML documents of strangers (POM, nuspec, plugin.xml) as a tree. Nothing outside the document is read: a document type is
 * refused, so there are no entities but the five of XML and character references.
 */
import { SaxesParser } from 'saxes';
import { InvalidXml } from './invalid-xml.ts';
import { xmlText } from './xml-text.ts';

export interface XmlElement {
  /** Without its prefix: which namespace it is in is not looked at. */
  readonly name: string;
  /** By name as written, prefix included. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly XmlElement[];
  /** Its own text, without its children's; as written, spaces included. */
  readonly text: string;
}

export interface XmlLimits {
  /** 1 MiB. */
  readonly bytes?: number;
  /** Elements inside elements: 64. */
  readonly depth?: number;
  /** Elements and attributes together: 100,000. */
  readonly nodes?: number;
}

interface GrowingElement extends XmlElement {
  readonly children: GrowingElement[];
  text: string;
}

/** The document's root element. Throws `InvalidXml` for what isn't well-formed, is over a limit or has a document type. */
export function readXml(document: Uint8Array, limits: XmlLimits = {}): XmlElement {
  const { bytes = 1024 * 1024, depth = 64, nodes = 100_000 } = limits;
  if (document.length > bytes) throw new InvalidXml(`the document has more than ${bytes} bytes`);
  const parser = new SaxesParser({ position: false });
  const root = treeOf(parser, depth, nodes);
  try {
    parser.write(xmlText(document)).close();
  } catch (error) {
    throw error instanceof InvalidXml ? error : new InvalidXml(said(error));
  }
  const [element] = root.children;
  if (element === undefined) throw new InvalidXml('the document is empty');
  return element;
}

/** An element that will hold the root once the parser has read the document. */
function treeOf(parser: SaxesParser, depth: number, nodes: number): GrowingElement {
  const document = growing('', new Map());
  const open = [document];
  let seen = 0;
  const addText = (text: string): void => {
    const element = open.at(-1);
    if (element !== undefined && element !== document) element.text += text;
  };
  parser.on('doctype', () => {
    throw new InvalidXml('a document type is not allowed');
  });
  parser.on('attribute', () => {
    seen += 1;
    if (seen > nodes) throw new InvalidXml(`the document has more than ${nodes} elements and attributes`);
  });
  parser.on('opentag', (tag) => {
    seen += 1;
    if (seen > nodes) throw new InvalidXml(`the document has more than ${nodes} elements and attributes`);
    if (open.length > depth) throw new InvalidXml(`the document has elements more than ${depth} deep`);
    const element = growing(localName(tag.name), new Map(Object.entries(tag.attributes)));
    open.at(-1)?.children.push(element);
    if (!tag.isSelfClosing) open.push(element);
  });
  parser.on('closetag', (tag) => {
    if (!tag.isSelfClosing) open.pop();
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  return document;
}

function growing(name: string, attributes: ReadonlyMap<string, string>): GrowingElement {
  return { name, attributes, children: [], text: '' };
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** The parser's words, without what it can't know here: no file has a name, and no position is counted. */
function said(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^(?:[^\s:]*:)*\s*/, '').slice(0, 200) : 'not well-formed';
}

/** The first child of that name. */
export function child(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((one) => one.name === name);
}

/** All children of that name, in order. */
export function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((one) => one.name === name);
}

/** Text at the end of a path of first children, without the spaces around it; undefined when there is no such element. */
export function textOf(element: XmlElement, ...path: readonly string[]): string | undefined {
  let found: XmlElement | undefined = element;
  for (const name of path) {
    if (found === undefined) return undefined;
    found = child(found, name);
  }
  return found?.text.trim();
}
