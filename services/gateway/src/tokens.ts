/** Injects the logger of the gateway (`Logger` of `@noema/observability`). */
export const LOGGER = Symbol('Logger');
