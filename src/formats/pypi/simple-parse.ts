import { problem } from '../../problems/problem.ts';
import { parseSimpleHtml } from './simple-parse-html.ts';
import { parseSimpleJson } from './simple-parse-json.ts';
import type { SimpleProject } from './simple-project.ts';

/**
 * A project's page of another index, JSON or HTML. Left out are files that no installer takes (`.egg`, `.exe`, `.rpm`) and
 * those without a SHA-256, which couldn't be told apart from others of their name. `invalid-json` when it is no page.
 */
export function parseSimplePage(text: string): SimpleProject {
  const start = text.trimStart();
  if (start.startsWith('{')) return parseSimpleJson(text);
  if (start.startsWith('<')) return parseSimpleHtml(text);
  throw problem('invalid-json', 'The document is no page of the simple API.');
}
