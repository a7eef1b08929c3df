/** Version of this program: what it reports, and what it leaves in a database that it has migrated. */
export const NOEMA_VERSION = '0.1.0';
