import type { FormatRequest } from '../format.ts';

/** `npm star` and `npm unstar`, which whoever may read may do; they say so in every request. */
export function isStarCommand(headers: FormatRequest['headers']): boolean {
  const command = headers['npm-command'];
  return command === 'star' || command === 'unstar';
}
