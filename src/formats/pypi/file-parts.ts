import type { DocumentPart } from '../format.ts';
import type { SimpleFile } from './simple-project.ts';

/** One file in so many ends a part, told by its name: a file put in the middle changes one part, not all that follow. */
const oneIn = 64;
/** A page of fewer files is written in one piece: it compresses better, and isn't worth keeping in parts. */
const fewFiles = 32;

/** How a page writes its files. `mark` names the writing in caches. */
export interface FileWriting {
  readonly mark: string;
  readonly separator: string;
  write(file: SimpleFile, base: string): string;
}

/** The files of a page, in parts that keep their text as long as their files don't change. */
export function fileParts(files: readonly SimpleFile[], writing: FileWriting, base: string): readonly DocumentPart[] {
  const { mark, separator } = writing;
  const parts = groupsOf(files).map((group, index) => {
    const lead = index === 0 ? '' : separator;
    return {
      key: `${mark} ${base} ${lead === '' ? '' : '+'} ${group.map(({ id }) => id).join()}`,
      text: () => lead + group.map((file) => writing.write(file, base)).join(separator),
    };
  });
  return files.length < fewFiles ? parts.map((part) => part.text()) : parts;
}

function groupsOf(files: readonly SimpleFile[]): readonly (readonly SimpleFile[])[] {
  const groups: SimpleFile[][] = [];
  let group: SimpleFile[] | undefined;
  for (const file of files) {
    if (group === undefined) {
      group = [];
      groups.push(group);
    }
    group.push(file);
    if (hashOf(file.fileName) % oneIn === 0) group = undefined;
  }
  return groups;
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  // The last bits of names alike are alike.
  return (hash >>> 0) ^ (hash >>> 15);
}
