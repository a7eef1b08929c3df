import type { DescService } from '@bufbuild/protobuf';
import { type Route, listRoutes } from './http-rule.js';
import { matchPath, splitPath } from './path-matching.js';
import { byPrecedence, formatShape } from './path-template.js';

export type RouteMatch =
  | { readonly found: 'route'; readonly route: Route; readonly variables: ReadonlyMap<string, string> }
  /** The path exists, but with other verbs. */
  | { readonly found: 'verb'; readonly allowed: readonly string[] }
  | { readonly found: 'nothing' };

/** All routes of some services. If two match, the one with the leftmost literal wins. */
export class RouteTable {
  readonly routes: readonly Route[];

  /** Throws Error if two RPCs have the same paths and verb. */
  constructor(services: readonly DescService[]) {
    const routes = services.flatMap((service) => service.methods.flatMap(listRoutes));
    const claimed = new Map<string, Route>();
    for (const route of routes) {
      const shape = `${route.verb} ${formatShape(route.template)}`;
      const other = claimed.get(shape);
      if (other !== undefined) {
        throw new Error(
          `ambiguous routes: ${route.method.toString()} (${route.template.text}) and ` +
            `${other.method.toString()} (${other.template.text}) are both ${route.verb}`,
        );
      }
      claimed.set(shape, route);
    }
    this.routes = routes.sort((a, b) => byPrecedence(a.template, b.template));
  }

  /** Finds the route of a request. `path` has no query and is percent-encoded. HEAD uses the route of GET. */
  match(verb: string, path: string): RouteMatch {
    const segments = splitPath(path);
    const asked = verb === 'HEAD' ? 'GET' : verb;
    const allowed = new Set<string>();
    for (const route of this.routes) {
      const variables = matchPath(route.template, segments);
      if (variables === undefined) continue;
      if (route.verb === asked) return { found: 'route', route, variables };
      allowed.add(route.verb);
    }
    return allowed.size > 0 ? { found: 'verb', allowed: [...allowed].sort() } : { found: 'nothing' };
  }
}
