/** Version of this program. It is reported to clients and stored in each migrated database. */
export const NOEMA_VERSION = '0.1.0';
