import type { Route } from '../format.ts';
import { collaborators, listTrust, setAccess, visibility } from './access.ts';
import { getAttestations } from './attestations.ts';
import { bulkAudit, treeAudit } from './audit.ts';
import { listTags, packageNameNotGiven, removeTag, setTag, tagNotGiven } from './dist-tags.ts';
import { listKeys } from './keys.ts';
import { getUser, login, logout } from './login.ts';
import { notOfferedRoutes } from './not-offered.ts';
import { listMembers, removeMember, setMember } from './orgs.ts';
import { addOwner, listOwners, removeOwner } from './owners.ts';
import { packagesOfGroup, packagesOfTeam, packagesOfUser } from './packages-of.ts';
import { ping } from './ping.ts';
import { getProfile, setProfile } from './profile.ts';
import { registryRoot } from './registry-root.ts';
import { search } from './search.ts';
import { myStars, starByBody, starByPath, starredByUser, starsOfUser } from './star.ts';
import { addToTeam, listTeamMembers, listTeams, removeFromTeam } from './teams.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';
import { removeTarball, unpublishPackage } from './unpublish.ts';
import { pollWebLogin, startWebLogin } from './web-login.ts';
import { whoami } from './whoami.ts';

const projectOnly = {
  scopes: ['project'],
  scopeHint: "Use the project's registry: /api/v4/projects/<id>/packages/npm/.",
} as const satisfies Partial<Route>;

const registryRoutes: readonly Route[] = [
  { method: 'GET', path: '/', needs: 'read', handler: registryRoot },
  { method: 'GET', path: '/-/ping', needs: 'nothing', handler: ping },
  { method: 'GET', path: '/-/v1/search', needs: 'read', handler: search },
  { method: 'GET', path: '/-/npm/v1/keys', needs: 'read', handler: listKeys },
  { method: 'GET', path: '/-/npm/v1/attestations/:spec', needs: 'read', handler: getAttestations },
  { method: 'POST', path: '/-/npm/v1/security/advisories/bulk', needs: 'caller', handler: bulkAudit },
  { method: 'POST', path: '/-/npm/v1/security/audits', needs: 'caller', handler: treeAudit },
  { method: 'POST', path: '/-/npm/v1/security/audits/quick', needs: 'caller', handler: treeAudit },
];

const accountRoutes: readonly Route[] = [
  { method: 'GET', path: '/-/whoami', needs: 'caller', handler: whoami },
  { method: 'POST', path: '/-/v1/login', needs: 'nothing', handler: startWebLogin },
  { method: 'GET', path: '/-/v1/done/:id', needs: 'nothing', handler: pollWebLogin },
  { method: 'DELETE', path: '/-/user/token/:token', needs: 'caller', handler: logout },
  { method: 'PUT', path: '/-/user/:user', needs: 'nothing', handler: login },
  { method: 'PUT', path: '/-/user/:user/-rev/:rev', needs: 'nothing', handler: login },
  { method: 'GET', path: '/-/user/:user', needs: 'caller', handler: getUser },
  { method: 'GET', path: '/-/npm/v1/user', needs: 'caller', handler: getProfile },
  { method: 'POST', path: '/-/npm/v1/user', needs: 'caller', handler: setProfile },
  { method: 'GET', path: '/-/npm/v1/tokens', needs: 'caller', handler: listTokens },
  { method: 'POST', path: '/-/npm/v1/tokens', needs: 'caller', handler: createToken },
  { method: 'DELETE', path: '/-/npm/v1/tokens/token/:key', needs: 'caller', handler: revokeToken },
];

const starRoutes: readonly Route[] = [
  { method: 'GET', path: '/-/_view/starredByUser', needs: 'read', handler: starredByUser },
  { method: 'GET', path: '/-/user/v1/star', needs: 'read', handler: myStars },
  { method: 'PUT', path: '/-/user/v1/star', needs: 'read', handler: starByBody },
  { method: 'DELETE', path: '/-/user/v1/star', needs: 'read', handler: starByBody },
  { method: 'PUT', path: '/-/user/package/:name/star', needs: 'read', handler: starByPath },
  { method: 'DELETE', path: '/-/user/package/:name/star', needs: 'read', handler: starByPath },
  { method: 'GET', path: '/-/user/:user/stars', needs: 'read', handler: starsOfUser },
];

const organisationRoutes: readonly Route[] = [
  { method: 'GET', path: '/-/org/:org/user', needs: 'caller', handler: listMembers },
  { method: 'PUT', path: '/-/org/:org/user', needs: 'caller', handler: setMember },
  { method: 'DELETE', path: '/-/org/:org/user', needs: 'caller', handler: removeMember },
  { method: 'GET', path: '/-/org/:org/team', needs: 'caller', handler: listTeams },
  { method: 'GET', path: '/-/team/:org/:team/user', needs: 'caller', handler: listTeamMembers },
  { method: 'PUT', path: '/-/team/:org/:team/user', needs: 'caller', handler: addToTeam },
  { method: 'DELETE', path: '/-/team/:org/:team/user', needs: 'caller', handler: removeFromTeam },
  { method: 'GET', path: '/-/org/:org/package', needs: 'read', handler: packagesOfGroup },
  { method: 'GET', path: '/-/team/:org/:team/package', needs: 'read', handler: packagesOfTeam },
  { method: 'GET', path: '/-/user/:user/package', needs: 'read', handler: packagesOfUser },
];

const packageRoutes: readonly Route[] = [
  { method: 'GET', path: '/-/package/:name/dist-tags', needs: 'read', handler: listTags },
  { method: 'PUT', path: '/-/package/:name/dist-tags/:tag', needs: 'publish', handler: setTag },
  { method: 'DELETE', path: '/-/package/:name/dist-tags/:tag', needs: 'delete', handler: removeTag },
  { method: 'PUT', path: '/-/package/:name/dist-tags', needs: 'publish', handler: tagNotGiven },
  { method: 'DELETE', path: '/-/package/:name/dist-tags', needs: 'delete', handler: tagNotGiven },
  { method: 'GET', path: '/-/package/:name/owners', needs: 'read', handler: listOwners },
  { method: 'PUT', path: '/-/package/:name/owners', needs: 'publish', ...projectOnly, handler: addOwner },
  { method: 'DELETE', path: '/-/package/:name/owners/:user', needs: 'publish', ...projectOnly, handler: removeOwner },
  { method: 'GET', path: '/-/package/:name/collaborators', needs: 'read', ...projectOnly, handler: collaborators },
  { method: 'GET', path: '/-/package/:name/visibility', needs: 'read', handler: visibility },
  { method: 'POST', path: '/-/package/:name/access', needs: 'publish', ...projectOnly, handler: setAccess },
  { method: 'GET', path: '/-/package/:name/trust', needs: 'read', handler: listTrust },
  { method: 'GET', path: '/-/package/dist-tags', needs: 'nothing', handler: packageNameNotGiven },
  { method: 'PUT', path: '/-/package/dist-tags/:tag', needs: 'nothing', handler: packageNameNotGiven },
  { method: 'DELETE', path: '/-/package/dist-tags/:tag', needs: 'nothing', handler: packageNameNotGiven },
  { method: 'DELETE', path: '/:name/-rev/:rev', needs: 'delete', ...projectOnly, handler: unpublishPackage },
  { method: 'DELETE', path: '/*/-/:file/-rev/:rev', needs: 'caller', handler: removeTarball },
];

/** Everything npm can ask besides documents, archives and publishing. Earlier routes win. */
export const commandRoutes: readonly Route[] = [
  ...registryRoutes,
  ...accountRoutes,
  ...starRoutes,
  ...organisationRoutes,
  ...notOfferedRoutes,
  ...packageRoutes,
];
