/** Where a repository has the metadata of a folder, below its base. */
export function metadataPath(folder: string): string {
  return `${encoded(folder)}/maven-metadata.xml`;
}

/** Where it has a file of a version; `folder` is that of the artifact. */
export function pathOf(folder: string, version: string, fileName: string): string {
  return encoded(`${folder}/${version}/${fileName}`);
}

export function pomPath(folder: string, version: string): string {
  return pathOf(folder, version, `${folder.slice(folder.lastIndexOf('/') + 1)}-${version}.pom`);
}

function encoded(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
