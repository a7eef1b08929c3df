import { servicePermissions } from '@noema/events';
import { natsConfig } from '@noema/local-servers';
import { CHARTS } from './charts.js';

/** The services that use the bus. */
export const BUS_USERS = CHARTS.filter((chart) => chart !== 'gateway' && chart !== 'web');

/**
 * The configuration of the bundled NATS: a user for each service with its rights, whose password stands in a
 * variable of the server's environment.
 */
export const bundledNatsConfig = (): string => {
  const users = BUS_USERS.map((user) => ({
    user,
    password: `$NATS_PASSWORD_${user.toUpperCase()}`,
    permissions: servicePermissions(user),
  }));
  return `${natsConfig(users).replaceAll(/"(\$NATS_PASSWORD_\w+)"/g, '$1')}\n`;
};
