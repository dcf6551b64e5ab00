import { Problem } from '../problems/problem.ts';
import type { PlainAnswer } from './operation.ts';

/** GitLab tells a taken path of a group or project as a failed check, 400, where others get 409. */
export async function unlessPathTaken(work: () => Promise<PlainAnswer>): Promise<PlainAnswer> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Problem && error.code === 'already-exists') {
      return { status: 400, body: { message: { path: ['has already been taken'] } } };
    }
    throw error;
  }
}

/** A path made of a name, in small letters as GitLab does: `My Packages!` → `my-packages`. Empty when nothing of it can stand in a path. */
export function pathFromName(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '')
    .toLowerCase()
    .slice(0, 255);
}
