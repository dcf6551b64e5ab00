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
  const [groupId = '', artifactId = '', version = ''] = coordinates.split(':');
  const pom = `<project><modelVersion>4.0.0</modelVersion><groupId>${groupId}</groupId>
<artifactId>${artifactId}</artifactId><version>${version}</version></project>`;
  const stem = `${at}/${groupId.replaceAll('.', '/')}/${artifactId}/${version}/${artifactId}-${version}`;
  await put(`${stem}.jar`, token, jar);
  await put(`${stem}.pom`, token, pom);
}

async function put(url: string, token: string, body: Uint8Array | string): Promise<void> {
  const answer = await fetch(url, { method: 'PUT', headers: { 'private-token': token }, body });
  if (!answer.ok) throw new Error(`PUT ${url} answered ${answer.status}: ${await answer.text()}`);
}
