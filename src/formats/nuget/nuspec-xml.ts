import { InvalidXml } from '../../lib/invalid-xml.ts';
import { child, children, readXml, type XmlElement } from '../../lib/xml-reader.ts';
import { problem } from '../../problems/problem.ts';

export type NuspecElement = XmlElement;

/** The root of a nuspec. Its namespace says of which year it is, which makes no difference. */
export function parseNuspec(bytes: Buffer): NuspecElement {
  const root = readElement(bytes);
  if (root.name !== 'package') throw refused('has no <package> at its root');
  return root;
}

function readElement(bytes: Buffer): NuspecElement {
  try {
    return readXml(bytes);
  } catch (error) {
    if (error instanceof InvalidXml) throw refused(`can't be read: ${error.message}`);
    throw error;
  }
}

/** The only child of that name; two say different things to different readers. */
export function childOf(element: NuspecElement, name: string): NuspecElement | null {
  const [first, ...others] = children(element, name);
  if (others.length > 0) throw refused(`has several <${name}>`);
  return first ?? null;
}

export const childrenOf = children;

/** Text of the first child of that name, without the spaces around it; empty when there is none. */
export function textOf(element: NuspecElement, name: string): string {
  return child(element, name)?.text.trim() ?? '';
}

/** The same of a child that must not occur twice. */
export function onlyTextOf(element: NuspecElement, name: string): string {
  return childOf(element, name)?.text.trim() ?? '';
}

export function attributeOf(element: NuspecElement, name: string): string {
  return element.attributes.get(name)?.trim() ?? '';
}

/** `refused('has no id')`: every sentence is about the nuspec. */
export function refused(what: string): Error {
  return problem('invalid-archive', `The .nuspec file ${what}.`);
}
