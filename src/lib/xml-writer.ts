/** XML made only by the `xml` tag: safe to place as it is. */
export class Xml {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

export type XmlContent = string | number | boolean | Xml | readonly Xml[];

/** Template for XML in which every value is escaped, unless it is XML itself; lists are joined. */
export function xml(fixed: TemplateStringsArray, ...values: readonly XmlContent[]): Xml {
  let text = fixed[0] ?? '';
  values.forEach((value, index) => {
    text += rendered(value) + (fixed[index + 1] ?? '');
  });
  return new Xml(text);
}

function rendered(value: XmlContent): string {
  if (value instanceof Xml) return value.text;
  if (typeof value === 'object') return value.map(rendered).join('');
  return escapeXml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  // Readers would make line feeds of the one, and spaces of all three in attributes.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

/** What XML 1.0 can't hold at all is left out: https://www.w3.org/TR/xml/#charsets. */
const notXml =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Text for an element or a quoted attribute. */
export function escapeXml(text: string): string {
  return text.replace(notXml, '').replace(/[&<>"'\r\n\t]/g, (character) => entities[character] ?? character);
}
