import type { Route } from '../format.ts';
import { problem, type ProblemCode } from '../../problems/problem.ts';

type Method = Route['method'];

const readsAndWrites: readonly Method[] = ['GET', 'POST', 'PUT', 'DELETE'];

const staging = 'This registry has no staged publishing: publish with npm publish.';
const hooks = 'This registry has no npm hooks. Use webhooks of the project or group.';
const everything = 'This registry has no list of all packages. Search with /-/v1/search?text=….';
const teams =
  'The teams of a group are its roles; they are neither made nor removed. Use npm team add and npm team rm.';
const grants = "Access to packages follows from the group's roles. Use npm team add and npm team rm.";
const trust = "This registry has no trusted publishers yet. Publish with a project's access token or deploy token.";

const notOffered: readonly (readonly [
  code: ProblemCode,
  sentence: string,
  path: string,
  methods: readonly Method[],
])[] = [
  ['not-found', everything, '/-/all', ['GET']],
  ['not-found', everything, '/-/all/*', ['GET']],
  ['method-not-allowed', staging, '/-/stage', readsAndWrites],
  ['method-not-allowed', staging, '/-/stage/*', readsAndWrites],
  ['not-found', hooks, '/-/npm/v1/hooks', readsAndWrites],
  ['not-found', hooks, '/-/npm/v1/hooks/*', readsAndWrites],
  ['method-not-allowed', teams, '/-/org/:org/team', ['PUT']],
  ['method-not-allowed', teams, '/-/team/:org/:team', ['DELETE']],
  ['method-not-allowed', grants, '/-/team/:org/:team/package', ['PUT', 'DELETE']],
  ['method-not-allowed', trust, '/-/package/:name/trust', ['POST']],
  ['method-not-allowed', trust, '/-/package/:name/trust/:id', ['DELETE']],
];

/** Commands of npm that have no counterpart here: refused with a sentence that says what to do instead. */
export const notOfferedRoutes: readonly Route[] = notOffered.flatMap(([code, sentence, path, methods]) =>
  methods.map(
    (method): Route => ({
      method,
      path,
      needs: 'nothing',
      handler: async () => {
        throw problem(code, sentence);
      },
    }),
  ),
);
