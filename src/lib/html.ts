/** Markup that is safe to place as it is: made only by the `html` tag. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Content = string | number | Markup | readonly Content[] | null;

/**
 * Template for HTML in which every value is escaped unless it is markup itself; lists are joined, `null` is nothing.
 * Values are safe as text and inside quoted attributes; a URL in `href` must be known to be one.
 */
export function html(fixed: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = fixed[0] ?? '';
  values.forEach((value, index) => {
    text += rendered(value) + (fixed[index + 1] ?? '');
  });
  return new Markup(text);
}

function rendered(value: Content): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map(rendered).join('');
  return escapeHtml(String(value));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
