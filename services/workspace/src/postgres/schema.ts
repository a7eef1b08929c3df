import type { ColumnType } from 'kysely';

type Json = ColumnType<Record<string, string>, string, string>;
type Int8 = ColumnType<string, bigint, bigint>;

/** The tables of migrations/, as kysely sees them. */
export interface WorkspaceSchema {
  team: {
    team_id: string; display_name: string; max_projects: number; max_queued_jobs: number; max_stored_bytes: Int8; created_at: Date; updated_at: Date;
  };
  member: { id: string; team_id: string; display_name: string; email: string; role: 'viewer' | 'editor' | 'admin'; created_at: Date; updated_at: Date };
  api_key: {
    id: string; team_id: string; member_id: string; display_name: string; role: 'viewer' | 'editor' | 'admin'; prefix: string; hash: string;
    created_at: Date; expires_at: Date | null; last_used_at: Date | null; revoked_at: Date | null;
  };
  identity: { team_id: string; member_id: string; issuer: string; subject: string; created_at: Date };
  api_key_team: { prefix: string; team_id: string };
  project: { id: string; team_id: string; display_name: string; description: string; created_at: Date; updated_at: Date };
  secret: { id: string; team_id: string; name: string; sealed: Buffer; key_id: string | null; wrapped_key: Buffer | null; created_at: Date; updated_at: Date };
  audit_entry: { id: string; team_id: string; subject: string; action: string; resource: string; details: Json; created_at: Date };
}
