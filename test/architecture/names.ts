/** Words that say nothing about what is inside, as names of files and folders. */
const emptyWords: ReadonlySet<string> = new Set([
  'util',
  'utils',
  'utilities',
  'helper',
  'helpers',
  'manager',
  'managers',
  'service',
  'services',
  'common',
  'shared',
  'misc',
  'stuff',
]);

/** Paths with a file or folder whose name holds such a word: `utils.ts`, `npm-helper.ts`, `common/x.ts`. */
export function emptyNames(files: readonly string[]): string[] {
  return files.filter((file) => file.split('/').some((part) => wordsOf(part).some((word) => emptyWords.has(word))));
}

/** Paths of code that aren't kebab-case: one way to write names, whatever the file system thinks of case. */
export function unevenNames(files: readonly string[]): string[] {
  return files.filter((file) => !file.split('/').every((part) => /^[a-z0-9]+([.-][a-z0-9]+)*$/.test(part)));
}

function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .split(/[^a-z]+/);
}
