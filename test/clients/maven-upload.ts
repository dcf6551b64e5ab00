/** What a deploy leaves behind, without a client: for scenes in which the upload isn't the point. */

export interface Upload {
  /** Repository URL. */
  readonly at: string;
  readonly token: string;
  /** `group:artifact:version`. */
  readonly coordinates: string;
  /** Content of the jar; text that names the coordinates when left out. */
  readonly jar?: Uint8Array | string;
}

/** Uploads a POM and a jar. */
export async function putArtifact({ at, token, coordinates, jar = coordinates }: Upload): Promise<void> {
  const [, artifactId = '', version = ''] = coordinates.split(':');
  const stem = `${folderOf(at, coordinates)}/${artifactId}-${version}`;
  await put(`${stem}.jar`, token, jar);
  await put(`${stem}.pom`, token, pomOf(coordinates));
}

/** Uploads one build of a snapshot, `20260102.030405-1`; the coordinates' version is without `-SNAPSHOT`. */
export async function putSnapshot(upload: Upload & { readonly build: string }): Promise<void> {
  const { at, token, coordinates, build, jar = coordinates } = upload;
  const [, artifactId = '', version = ''] = coordinates.split(':');
  const snapshot = `${coordinates}-SNAPSHOT`;
  const stem = `${folderOf(at, snapshot)}/${artifactId}-${version}-${build}`;
  await put(`${stem}.jar`, token, jar);
  await put(`${stem}.pom`, token, pomOf(snapshot));
}

function folderOf(at: string, coordinates: string): string {
  const [groupId = '', artifactId = '', version = ''] = coordinates.split(':');
  return `${at}/${groupId.replaceAll('.', '/')}/${artifactId}/${version}`;
}

function pomOf(coordinates: string): string {
  const [groupId = '', artifactId = '', version = ''] = coordinates.split(':');
  return `<project><modelVersion>4.0.0</modelVersion><groupId>${groupId}</groupId>
<artifactId>${artifactId}</artifactId><version>${version}</version></project>`;
}

async function put(url: string, token: string, body: Uint8Array | string): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers: { 'private-token': token }, body });
  if (!answer.ok) throw new Error(`PUT ${url} answered ${answer.status}: ${await answer.text()}`);
}
