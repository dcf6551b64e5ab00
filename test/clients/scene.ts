/** The scene of the client tests: one server, a company with a public and a private project, and people with roles. */
import { startServer } from '../harness/server.ts';
import type { TestGroup, TestProject, TestServer, TestServerOptions, TestUser } from '../harness/types.ts';

export interface Scene {
  readonly server: TestServer;
  readonly acme: TestGroup;
  /** Anyone may read it. */
  readonly open: TestProject;
  /** Only members may know of it. */
  readonly secret: TestProject;
  /** Another private project of the group, whose tokens must not reach `secret`. */
  readonly other: TestProject;
  readonly maintainer: TestUser;
  readonly developer: TestUser;
  readonly guest: TestUser;
  /** Has an account, and is a member of nothing. */
  readonly stranger: TestUser;
  /** Stops the server; `beforeAll` may return it. */
  readonly end: () => Promise<void>;
}

export async function scene(options: TestServerOptions = {}): Promise<Scene> {
  const server = await startServer(options);
  const acme = await server.createGroup('acme', 'public');
  const [open, secret, other] = [
    await server.createProject('acme/open', 'public'),
    await server.createProject('acme/secret', 'private'),
    await server.createProject('acme/other', 'private'),
  ];
  const [maintainer, developer, guest, stranger] = [
    await server.createUser('mara'),
    await server.createUser('dora'),
    await server.createUser('gus'),
    await server.createUser('sten'),
  ];
  for (const project of [open, secret, other]) {
    await server.addMember(project, maintainer, 'maintainer');
    await server.addMember(project, developer, 'developer');
    await server.addMember(project, guest, 'guest');
  }
  return { server, acme, open, secret, other, maintainer, developer, guest, stranger, end: () => server.stop() };
}
