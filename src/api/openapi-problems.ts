import { Type } from 'typebox';

/** GitLab's two error bodies: `message` for refusals, `error` for parameters that failed their check. */
export const apiProblem = Type.Object(
  {
    message: Type.Optional(Type.String({ description: 'Status and reason: `404 Project Not Found`.' })),
    error: Type.Optional(Type.String({ description: 'Which parameter failed: `per_page is invalid`.' })),
  },
  { title: 'Problem' },
);
